#include "libcore/runtime/mount_plan.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/fd.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <algorithm>

namespace husk::runtime {
namespace {

std::string normal_target(std::string_view target) {
  std::string normal = std::filesystem::path(target).lexically_normal().string();
  while (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
  if (!normal.starts_with('/'))
    throw Error(cat("mount target ", quote(target), " is not absolute"), Exit::engine);
  if (normal == "/" || normal == "/proc" || normal.starts_with("/proc/")) {
    throw Error(cat("nothing can be mounted on ", quote(normal)), Exit::engine);
  }
  return normal;
}

struct Seen {
  struct stat status = {};
  std::string path;
};

Seen look(const std::filesystem::path& source, std::string_view what) {
  const Fd fd(::open(source.c_str(), O_PATH | O_CLOEXEC));
  Seen seen;
  if (!fd || ::fstat(fd.get(), &seen.status) != 0) {
    SysError error(errno, cat("open ", what, " ", quote(source)));
    error.set_exit(Exit::engine);
    throw error;
  }
  seen.path = std::filesystem::absolute(source).string();
  return seen;
}

void set_source(PlannedMount& planned, Seen seen) {
  planned.source = std::move(seen.path);
  planned.device = seen.status.st_dev;
  planned.inode = seen.status.st_ino;
}

// One visitor for what a mount can be.
struct Planner {
  PlannedMount& planned;

  void operator()(const TreeMount& mount) const {
    planned.kind = PlannedMount::Kind::tree;
    planned.tree = plan_overlay(mount.tree);
    planned.source = mount.path;
    planned.attributes |= unsigned{MOUNT_ATTR_NODEV};
  }
  void operator()(const MemoryMount& mount) const {
    planned.kind = PlannedMount::Kind::memory;
    if (mount.size != 0) planned.size = cat(mount.size);
    planned.attributes |= unsigned{MOUNT_ATTR_NODEV};
  }
  void operator()(const SecretMount& mount) const {
    planned.kind = PlannedMount::Kind::secret;
    planned.content = mount.content;
    planned.mode = mount.mode;
    planned.uid = mount.uid;
    planned.gid = mount.gid;
    planned.attributes |= MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY;
  }
  void operator()(const DeviceMount& mount) const {
    Seen seen = look(mount.source, "device");
    if (!S_ISCHR(seen.status.st_mode) && !S_ISBLK(seen.status.st_mode))
      throw Error(cat(quote(mount.source), " is no device"), Exit::engine);
    set_source(planned, std::move(seen));
    planned.attributes |= unsigned{MOUNT_ATTR_NOEXEC};
  }
};

PlannedMount plan_volume(const Volume& volume) {
  PlannedMount planned{.target = normal_target(volume.target)};
  set_source(planned, look(volume.source, "volume"));
  planned.attributes =
      MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (volume.read_only ? unsigned{MOUNT_ATTR_RDONLY} : 0U);
  return planned;
}

PlannedMount plan_mount(const Mount& mount) {
  PlannedMount planned{.target = normal_target(mount.target)};
  planned.attributes = MOUNT_ATTR_NOSUID | (mount.read_only ? unsigned{MOUNT_ATTR_RDONLY} : 0U);
  std::visit(Planner{planned}, mount.what);
  return planned;
}

}  // namespace

std::vector<PlannedMount> plan_mounts(const std::vector<Volume>& volumes, const std::vector<Mount>& mounts) {
  if (volumes.size() + mounts.size() > max_mounts)
    throw Error(cat("more than ", max_mounts, " mounts"), Exit::engine);
  std::vector<PlannedMount> planned;
  planned.reserve(volumes.size() + mounts.size());
  for (const Volume& volume : volumes) planned.push_back(plan_volume(volume));
  for (const Mount& mount : mounts) planned.push_back(plan_mount(mount));
  std::ranges::stable_sort(planned, {},
                           [](const PlannedMount& mount) { return std::ranges::count(mount.target, '/'); });
  return planned;
}

}  // namespace husk::runtime
