#pragma once

#include "libcore/archive/attributes.hpp"
#include "libcore/archive/tree.hpp"

#include <string>
#include <vector>

namespace husk::archive {

/// Directories whose attributes are set at the end: making files in one changes its time, and may need more
/// than its mode allows.
class PendingDirectories {
 public:
  /// PATH is clean; the last that is said of a directory counts.
  void add(std::string path, const Inode& inode, Attributes attributes) {
    directories_.push_back({std::move(path), inode, std::move(attributes)});
  }

  /// Sets them, children before parents. What is no longer the directory that was added is left alone,
  /// whatever its path leads to by then.
  void finish(int root, Notes& notes);

 private:
  struct Directory {
    std::string path;
    Inode inode;
    Attributes attributes;
  };
  std::vector<Directory> directories_;
};

}  // namespace husk::archive
