#include "libcore/store/tag_file.hpp"

#include "libcore/base/directory_stream.hpp"
#include "libcore/base/error.hpp"
#include "libcore/oci/descriptor_json.hpp"
#include "libcore/store/state_file.hpp"

#include <fcntl.h>

namespace husk::store {
namespace {

constexpr std::size_t max_tag_size = 1 << 20;
constexpr std::string_view untagged_directory = "refs/none";

void visit_below(const Store& store, const std::string& path,
                 const std::function<void(const std::string&)>& visit) {
  Fd directory(::openat(store.directory(), path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory && errno == ENOENT) return;
  if (!directory) throw_errno("read the store's directory ", quote(path));
  DirectoryStream stream(std::move(directory), path);
  while (const dirent* const entry = stream.next()) {
    const std::string below = cat(path, "/", std::string_view(entry->d_name));
    if (entry->d_type == DT_DIR) {
      visit_below(store, below, visit);
    } else {
      visit(below);
    }
  }
}

}  // namespace

TagPath tag_path(const oci::Reference& reference) {
  return {cat("refs/", reference.registry, "/", reference.repository),
          reference.digest ? "@" + reference.digest->str() : ":" + reference.tag};
}

TagPath untagged_path(const oci::Digest& image_id) {
  return {std::string(untagged_directory), std::string(image_id.hex())};
}

bool is_untagged_path(std::string_view path) {
  return path.starts_with(untagged_directory) && path.substr(untagged_directory.size()).starts_with('/');
}

TagPath path_of(const Tag& tag) {
  return tag.reference ? tag_path(*tag.reference) : untagged_path(tag.image_id);
}

std::string print_tag(const Tag& tag) {
  oci::Json json = oci::Json::object();
  if (tag.reference) json["name"] = tag.reference->str();
  json["manifest"] = oci::print_descriptor(tag.manifest);
  json["image"] = tag.image_id.str();
  if (tag.index) json["index"] = oci::print_descriptor(*tag.index);
  if (tag.previous) json["previous"] = tag.previous->str();
  json["time"] = tag.time;
  json["created"] = tag.created;
  json["size"] = tag.size;
  return json.dump() + "\n";
}

Tag parse_tag(std::string_view text) {
  const nlohmann::json json = oci::parse_json(text, "the file of a tag");
  const oci::JsonObject top(json, "");
  Tag tag{.reference = {},
          .manifest = oci::parse_descriptor(top.object("manifest")),
          .image_id = oci::parse_digest_member(top, "image")};
  if (top.find("name") != nullptr) tag.reference = oci::parse_reference(top.text("name"));
  if (const auto index = top.find_object("index")) tag.index = oci::parse_descriptor(*index);
  if (top.find("previous") != nullptr) tag.previous = oci::parse_digest_member(top, "previous");
  tag.time = top.text_or_empty("time");
  tag.created = top.text_or_empty("created");
  tag.size = top.size("size");
  return tag;
}

void visit_tag_files(const Store& store, const std::function<void(const std::string& path)>& visit) {
  visit_below(store, "refs", visit);
}

std::optional<Tag> read_tag_file(const Store& store, const std::string& path) {
  const auto text = find_state_file(store, path, max_tag_size);
  if (!text) return std::nullopt;
  try {
    return parse_tag(*text);
  } catch (Error& error) {
    error.add_context(cat("the store's file ", quote(path)));
    error.set_hint("husk-fsck --repair puts damaged files aside");
    error.set_exit(Exit::failure);
    throw;
  }
}

}  // namespace husk::store
