#pragma once

#include "libcore/archive/extract.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/fd.hpp"

#include <sys/stat.h>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace husk::archive {

/// The identity of a file while it exists.
struct Inode {
  dev_t device = 0;
  ino_t number = 0;
  friend bool operator==(const Inode&, const Inode&) = default;
};
struct HashInode {
  std::size_t operator()(const Inode& inode) const noexcept {
    return static_cast<std::size_t>(inode.number ^ (inode.device << 48));
  }
};
inline Inode inode_of(const struct stat& status) { return {status.st_dev, status.st_ino}; }

/// A directory tree that strangers describe: every path is resolved by the kernel as if ROOT were "/", every
/// file is made anew, nothing that was there is ever written to. Paths are clean (clean_path()).
class Tree {
 public:
  Tree(int root, const ExtractOptions& options) : root_(root), options_(options) {}

  /// A directory in which something is made.
  struct Parent {
    Fd fd;
    std::string path;
  };
  struct Made {
    std::string path;
    Inode inode;
  };
  /// The directory PATH, made with mode 0755 if it is missing; MADE collects what had to be. Valid until the
  /// next call: entries of one directory stand side by side, so it is looked up once for all of them.
  const Parent& open_parent(std::string_view path, std::vector<Made>& made);

  /// A new regular file, also if the name was taken.
  Fd make_file(const Parent& parent, const std::string& name, mode_t mode);
  void make_symlink(const Parent& parent, const std::string& name, const std::string& target);
  void make_fifo(const Parent& parent, const std::string& name, mode_t mode);
  /// Keeps a directory that is there.
  void make_directory(const Parent& parent, const std::string& name, mode_t mode);
  /// Links NAME to what this tree made at the path TARGET. It is the thing itself, never what a symbolic link
  /// means.
  void make_link(const Parent& parent, const std::string& name, const std::string& target);

  /// The marks of overlayfs. A thing of the same archive stays, whatever stands first.
  void mark_removed(const Parent& parent, const std::string& name);
  void mark_opaque(int dir);

  /// Makes it a possible target of make_link().
  void remember(const struct stat& status) { made_.insert(inode_of(status)); }

 private:
  Fd open_or_make(const std::string& path, std::vector<Made>& made);
  void make_missing(int up, const std::string& name, const SysError& why);
  template <class Make>
  void make_in_place(const Parent& parent, const std::string& name, Make make);
  void clear(const Parent& parent, const std::string& name);

  int root_;
  const ExtractOptions& options_;
  Parent parent_;
  std::unordered_set<Inode, HashInode> made_;
};

bool is_whiteout(const struct stat& status);

}  // namespace husk::archive
