#pragma once

#include "libcore/archive/pack.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/images.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/store/remove_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace husk::store {

/// A store of its own for a test, removed with all that is in it; keeps the warnings.
class TemporaryStore {
 public:
  TemporaryStore() : store_(open()) {}
  ~TemporaryStore() { remove_tree(AT_FDCWD, directory_); }

  Store& get() { return store_; }
  const std::filesystem::path& path() const { return directory_; }
  std::filesystem::path store_path() const { return directory_ / "store"; }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  Store open() {
    std::string name = (std::filesystem::temp_directory_path() / "husk-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw_errno("make a directory");
    directory_ = name;
    return Store::open(store_path(), [this](const std::string& text) { warnings_.push_back(text); });
  }

  std::filesystem::path directory_;
  std::vector<std::string> warnings_;
  Store store_;
};

/// What BODY says when it refuses; "" when it does not.
inline std::string refusal(const std::function<void()>& body) {
  try {
    body();
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

/// The map that everybody has.
inline userns::IdMap single_map() { return userns::choose_map(userns::Choice::single); }

/// A layer with one file, made as a build step makes one.
inline LayerInfo make_layer(const Lease& lease, const std::string& name, const std::string& content) {
  const userns::IdMap map = single_map();
  userns::SharedNamespace user_namespace(map);
  PendingLayer pending(lease, map);
  std::ofstream(pending.tree() / name) << content;
  LayerInfo info = pending.measure({}, user_namespace);
  (void)pending.commit(info);
  return info;
}

/// An image of the layers.
inline Tag make_image(const Lease& lease, const char* name, const std::vector<oci::Digest>& diff_ids,
                      const std::string& author = "") {
  oci::ImageConfig config;
  config.created = "2026-01-02T03:04:05Z";
  config.author = author;
  config.platform = oci::host_platform();
  config.diff_ids = diff_ids;
  return write_image(lease, config, oci::parse_reference(name));
}

}  // namespace husk::store
