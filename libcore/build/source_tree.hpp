#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/base/sha256.hpp"
#include "libcore/dockerfile/ignore_file.hpp"

#include <sys/stat.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace husk::build {

/// One file, directory, link or special file of a tree that COPY takes from.
struct SourceFile {
  std::string name;
  struct stat status = {};
  std::string link_target = {};               // of a symbolic link
  std::optional<Sha256::Value> content = {};  // of a regular file, when it has been hashed
  bool left_out = false;                      // ignored itself; there for what is let in again below it

  bool is_directory() const { return S_ISDIR(status.st_mode); }
};

/// What a COPY takes of a tree. It points into the tree, which must be there as long.
struct SourceEntry {
  std::string path;        // below the root of the tree, without links in it; "" is the root itself
  std::size_t prefix = 0;  // bytes of PATH that are above relative()
  SourceFile* file = nullptr;
  std::string_view attributes = {};  // of a directory; see read_attributes()

  /// Below what COPY named; "" is that itself.
  std::string_view relative() const { return std::string_view(path).substr(prefix); }
  const struct stat& status() const { return file->status; }
  const std::string& link_target() const { return file->link_target; }
  bool is_directory() const { return file->is_directory(); }
  bool is_file() const { return S_ISREG(status().st_mode); }
  bool is_link() const { return S_ISLNK(status().st_mode); }
};

/// A tree to copy from, the build context or the root file system of an image, as it was when it was first
/// looked at: each directory is read and each file is examined once. What is ignored is as if it were not
/// there.
class SourceTree {
 public:
  struct Directory {
    std::vector<SourceFile> children;  // sorted by name
    std::string attributes = {};
    dockerfile::IgnoreMatcher::Verdicts verdicts = {};
    bool settled = false;  // nothing is left out without need
  };

  /// ROOT is a descriptor of the top directory. Both must outlive the tree.
  explicit SourceTree(int root, const dockerfile::IgnoreMatcher* ignore = nullptr);

  int root() const noexcept { return root_; }

  /// A directory, by a path without links. Throws if it can't be read.
  Directory& list(const std::string& path);

  /// Lists a directory and all below it, in several threads where that is worth it.
  void load(const std::string& path);

  /// What PATH leads to. Links are followed, and "..", a leading "/" and links are taken as if the tree were
  /// the whole file system.
  std::optional<SourceEntry> find(std::string_view path);

 private:
  Directory read(const std::string& path) const;
  Directory& read_once(const std::string& path);
  dockerfile::IgnoreMatcher::Verdicts verdicts_of(const std::string& path) const;
  SourceFile* find_child(const std::string& directory, const std::string& name);

  int root_;
  const dockerfile::IgnoreMatcher* ignore_;
  std::unordered_map<std::string, std::unique_ptr<Directory>> directories_;
  std::unordered_map<std::string, SourceFile> single_;  // the root, and what was found without a list
  std::unordered_set<std::string> loaded_;
};

/// Opens PATH, which select() found below ROOT. What can't be opened for want of permission gets a hint.
Fd open_source(int root, const std::string& path, int flags);

/// "DIRECTORY/NAME", or NAME alone in the root.
std::string join_path(std::string_view directory, std::string_view name);

}  // namespace husk::build
