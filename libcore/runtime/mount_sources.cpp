#include "libcore/runtime/mount_sources.hpp"

#include "libcore/runtime/in_root.hpp"
#include "libcore/runtime/kernel_mount.hpp"
#include "libcore/runtime/report.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <charconv>

namespace husk::runtime {
namespace {

int open_mounts[max_mounts];  // not on the stack, nor on the heap

// On top of the spare directory while something that only an attached mount allows is done to it:
// open_tree(2) copies no part of a detached one.
int clone_part(int mount, const char* path) noexcept {
  if (::move_mount(mount, "", AT_FDCWD, spare_directory, MOVE_MOUNT_F_EMPTY_PATH) != 0) return -1;
  const int found = open_target(mount, path);
  const int part = found < 0 ? -1 : clone_mount(found, "", 0);
  const int saved = errno;
  if (found >= 0) ::close(found);
  (void)::umount2(spare_directory, MNT_DETACH);
  errno = saved;
  return part;
}

bool copy_content(int from, int to) noexcept {
  off_t offset = 0;
  for (;;) {
    const ssize_t count = ::sendfile(to, from, &offset, 1 << 20);
    if (count == 0) return true;
    if (count < 0 && errno != EINTR) return false;
  }
}

}  // namespace

void MountSources::need(bool done, Step step, const char* subject) const noexcept {
  if (!done) fail(control_, step, subject);
}

// The source is looked up again, as a mount of this namespace, and has to be what the parent saw.
int MountSources::open_path(const PlannedMount& mount) const noexcept {
  const char* const name = mount.source.c_str();
  const bool deep = mount.with_mounts_below;
  const int copy = clone_mount(AT_FDCWD, name, deep ? AT_RECURSIVE : 0);
  struct stat status {};
  // A mount that came from the host with others on it is not to be had without them, mount_namespaces(7).
  need(copy >= 0 || deep || errno != EINVAL, Step::leave_mounts_out, name);
  need(copy >= 0 && ::fstat(copy, &status) == 0, Step::open_volume, name);
  errno = ESTALE;
  need(status.st_dev == mount.device && status.st_ino == mount.inode, Step::open_volume, name);
  // In a namespace of another user all mounts follow those of the host as it is.
  const std::uint64_t below = mount.propagation == Propagation::apart ? MS_PRIVATE : 0;
  const std::uint64_t top = mount.propagation == Propagation::follow ? 0 : MS_PRIVATE;
  need(set_mount_attributes(copy, mount.attributes, AT_RECURSIVE, below) == 0, Step::open_volume, name);
  if (below != top || mount.top_attributes != 0)
    need(set_mount_attributes(copy, mount.top_attributes, 0, top) == 0, Step::open_volume, name);
  return copy;
}

int MountSources::open_tree(const PlannedMount& mount) const noexcept {
  const char* const target = mount.target.c_str();
  const int whole = mount_overlay(mount.tree);
  need(whole >= 0, Step::mount_tree, target);
  const int part = mount.source == "/" ? whole : clone_part(whole, mount.source.c_str());
  need(part >= 0, Step::open_in_tree, mount.source.c_str());
  if (part != whole) ::close(whole);
  need(set_mount_attributes(part, mount.attributes, 0) == 0, Step::mount_tree, target);
  return part;
}

int MountSources::open_memory(const PlannedMount& mount) const noexcept {
  MountOption options[max_memory_options];
  for (std::size_t index = 0; index < mount.options.size(); ++index)
    options[index] = {mount.options[index].first.c_str(), mount.options[index].second.c_str()};
  const int memory =
      make_mount("tmpfs", options, mount.options.size(), static_cast<unsigned>(mount.attributes));
  need(memory >= 0, Step::mount_system, mount.target.c_str());
  return memory;
}

// A file of a tmpfs whose top directory is nowhere to be found.
int MountSources::open_secret(const PlannedMount& mount) const noexcept {
  const char* const target = mount.target.c_str();
  const MountOption options[] = {{"mode", "0700"}};
  const int memory = make_mount("tmpfs", options, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  need(memory >= 0, Step::mount_system, target);
  const int file = ::openat(memory, "secret", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  need(file >= 0 && copy_content(mount.content, file), Step::write_secret, target);
  need(::fchown(file, mount.uid, mount.gid) == 0 && ::fchmod(file, mount.mode) == 0, Step::own_secret,
       target);
  ::close(file);
  const int part = clone_part(memory, "secret");
  need(part >= 0 && set_mount_attributes(part, mount.attributes, 0) == 0, Step::write_secret, target);
  ::close(memory);
  return part;
}

void MountSources::open() const noexcept {
  for (std::size_t index = 0; index < plan_.size(); ++index) {
    if (plan_[index].kind == PlannedMount::Kind::path) open_mounts[index] = open_path(plan_[index]);
  }
  for (std::size_t index = 0; index < plan_.size(); ++index) {
    const PlannedMount& mount = plan_[index];
    switch (mount.kind) {
      case PlannedMount::Kind::path: break;
      case PlannedMount::Kind::tree: open_mounts[index] = open_tree(mount); break;
      case PlannedMount::Kind::memory: open_mounts[index] = open_memory(mount); break;
      case PlannedMount::Kind::secret: open_mounts[index] = open_secret(mount); break;
    }
  }
}

void MountSources::attach(int root) const noexcept {
  for (std::size_t index = 0; index < plan_.size(); ++index) {
    const char* const name = plan_[index].target.c_str();
    const int mount = open_mounts[index];
    struct stat status {};
    need(::fstat(mount, &status) == 0, Step::bind_volume, name);
    const int target =
        make_target(root, name, S_ISDIR(status.st_mode) ? TargetKind::directory : TargetKind::file);
    need(target >= 0 && attach_mount(mount, target) == 0, Step::bind_volume, name);
    ::close(mount);
    ::close(target);
  }
}

}  // namespace husk::runtime
