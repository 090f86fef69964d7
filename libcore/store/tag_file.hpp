#pragma once

#include "libcore/store/images.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace husk::store {

/// The file of a tag: refs/<host>/<repository…>/:<tag> or …/@sha256:<hex>. The colon keeps the tag "b" of
/// repository "a" apart from the repository "a/b": no component of a repository has one.
struct TagPath {
  std::string directory;  // "refs/docker.io/library/node"
  std::string name;       // ":20"
  std::string str() const { return directory + "/" + name; }
};
TagPath tag_path(const oci::Reference& reference);
/// Of an image without a tag: refs/none/<hex>.
TagPath untagged_path(const oci::Digest& image_id);
/// Whether PATH below the store is one of those.
bool is_untagged_path(std::string_view path);
/// Of either.
TagPath path_of(const Tag& tag);

std::string print_tag(const Tag& tag);
Tag parse_tag(std::string_view text);

/// Calls VISIT for every file below refs/, in no order, with its path below the store's directory.
void visit_tag_files(const Store& store, const std::function<void(const std::string& path)>& visit);

/// Reads the file; nothing if it is not there (any more). Throws Error that names it if it is damaged.
std::optional<Tag> read_tag_file(const Store& store, const std::string& path);

}  // namespace husk::store
