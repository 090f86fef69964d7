#include "libcore/archive/tree.hpp"

#include "libcore/archive/entry_path.hpp"
#include "libcore/archive/remove_tree.hpp"
#include "libcore/archive/xattr_policy.hpp"
#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace husk::archive {
namespace {

constexpr int directory_flags = O_PATH | O_DIRECTORY;

struct stat status_at(int dir, const std::string& name) {
  struct stat status {};
  if (::fstatat(dir, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) throw_errno("look at ", quote(name));
  return status;
}

}  // namespace

bool is_whiteout(const struct stat& status) { return S_ISCHR(status.st_mode) && status.st_rdev == 0; }

const Tree::Parent& Tree::open_parent(std::string_view path, std::vector<Made>& made) {
  if (parent_.fd && parent_.path == path) return parent_;
  parent_.fd.reset();
  parent_.path = path;
  parent_.fd = open_or_make(parent_.path, made);
  return parent_;
}

Fd Tree::open_or_make(const std::string& path, std::vector<Made>& made) {
  try {
    return open_in_root(root_, path.empty() ? "." : path, directory_flags);
  } catch (const SysError& error) {
    if ((error.code() != ENOENT && error.code() != ENOTDIR) || path.empty()) throw;
    const SplitPath split = split_path(path);
    const std::string name(split.name);
    const Fd up = open_or_make(std::string(split.parent), made);
    make_missing(up.get(), name, error);
    Fd fd = open_beneath(up.get(), name, directory_flags | O_NOFOLLOW);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) throw_errno("look at ", quote(path));
    made.push_back({path, inode_of(status)});
    return fd;
  }
}

void Tree::make_missing(int up, const std::string& name, const SysError& why) {
  if (::mkdirat(up, name.c_str(), 0755) == 0) return;
  if (errno != EEXIST) throw_errno("create directory ", quote(name));
  // A symbolic link that leads nowhere is not a directory that we may put somewhere else.
  if (options_.whiteouts != Whiteouts::overlay || !is_whiteout(status_at(up, name))) throw SysError(why);
  if (::unlinkat(up, name.c_str(), 0) != 0) throw_errno("replace ", quote(name));
  if (::mkdirat(up, name.c_str(), 0755) != 0) throw_errno("create directory ", quote(name));
  mark_opaque(open_beneath(up, name, O_RDONLY | O_DIRECTORY).get());
}

void Tree::clear(const Parent& parent, const std::string& name) {
  if (options_.conflicts == Conflicts::refuse && S_ISDIR(status_at(parent.fd.get(), name).st_mode))
    throw Error("there is a directory in its place");
  remove_tree(parent.fd.get(), name);
}

// MAKE returns what the system call does. What is in the way is removed, never opened.
template <class Make>
void Tree::make_in_place(const Parent& parent, const std::string& name, Make make) {
  if (make() >= 0) return;
  if (errno != EEXIST) throw_errno("create");
  clear(parent, name);
  if (make() < 0) throw_errno("create");
}

Fd Tree::make_file(const Parent& parent, const std::string& name, mode_t mode) {
  Fd file;
  make_in_place(parent, name, [&] {
    file.reset(
        ::openat(parent.fd.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    return file.get();
  });
  return file;
}

void Tree::make_symlink(const Parent& parent, const std::string& name, const std::string& target) {
  make_in_place(parent, name, [&] { return ::symlinkat(target.c_str(), parent.fd.get(), name.c_str()); });
}

void Tree::make_fifo(const Parent& parent, const std::string& name, mode_t mode) {
  make_in_place(parent, name, [&] { return ::mkfifoat(parent.fd.get(), name.c_str(), mode); });
}

void Tree::make_directory(const Parent& parent, const std::string& name, mode_t mode) {
  if (::mkdirat(parent.fd.get(), name.c_str(), mode) == 0) return;
  if (errno != EEXIST) throw_errno("create");
  const struct stat status = status_at(parent.fd.get(), name);
  if (S_ISDIR(status.st_mode)) return;
  if (options_.conflicts == Conflicts::refuse)
    throw Error("there is something in its place that is not a directory");
  clear(parent, name);
  if (::mkdirat(parent.fd.get(), name.c_str(), mode) != 0) throw_errno("create");
  // Removed from the layers below and made again: nothing of them may show through.
  if (options_.whiteouts == Whiteouts::overlay && is_whiteout(status))
    mark_opaque(open_beneath(parent.fd.get(), name, O_RDONLY | O_DIRECTORY).get());
}

void Tree::make_link(const Parent& parent, const std::string& name, const std::string& target) {
  const SplitPath split = split_path(target);
  const std::string target_name(split.name);
  const bool beside = split.parent == parent.path;
  const Fd elsewhere =
      beside ? Fd()
             : open_in_root(root_, split.parent.empty() ? "." : std::string(split.parent), directory_flags);
  const int target_dir = beside ? parent.fd.get() : elsewhere.get();

  // Only what this archive made: with anything else, a later entry or the container could reach a file that
  // is not theirs. linkat() without AT_SYMLINK_FOLLOW links a symbolic link, not its target.
  const Inode wanted = inode_of(status_at(target_dir, target_name));
  if (!made_.contains(wanted))
    throw Error(cat("hard link to ", quote(target), ", which is no file of this archive"));
  struct stat there {};
  if (::fstatat(parent.fd.get(), name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 && inode_of(there) == wanted)
    return;
  make_in_place(parent, name,
                [&] { return ::linkat(target_dir, target_name.c_str(), parent.fd.get(), name.c_str(), 0); });
  // Somebody in a running container may have put another file there between the look and the link.
  if (inode_of(status_at(parent.fd.get(), name)) == wanted) return;
  (void)::unlinkat(parent.fd.get(), name.c_str(), 0);
  throw Error(cat("hard link to ", quote(target), ", which was replaced meanwhile"));
}

void Tree::mark_removed(const Parent& parent, const std::string& name) {
  // Needs no privilege for the device 0:0 (Linux 5.8).
  if (::mknodat(parent.fd.get(), name.c_str(), S_IFCHR, makedev(0, 0)) == 0) return;
  if (errno != EEXIST) throw_errno("create whiteout");
  if (S_ISDIR(status_at(parent.fd.get(), name).st_mode))
    mark_opaque(open_beneath(parent.fd.get(), name, O_RDONLY | O_DIRECTORY).get());
}

void Tree::mark_opaque(int dir) {
  if (::fsetxattr(dir, opaque_xattr, "y", 1, 0) != 0) throw_errno("mark directory as opaque");
}

}  // namespace husk::archive
