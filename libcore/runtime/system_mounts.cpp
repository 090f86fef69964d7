#include "libcore/runtime/system_mounts.hpp"

#include "libcore/runtime/kernel_mount.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <cerrno>

namespace husk::runtime {
namespace {

constexpr unsigned safe = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

MadeMount made(int mount) noexcept { return {mount, mount < 0 ? errno : 0}; }

// A container's /dev is made from these descriptors: what was looked at is what is mounted.
MadeMount clone_device(const Device& device) noexcept {
  const int mount = clone_mount(AT_FDCWD, device.path, AT_SYMLINK_NOFOLLOW);
  struct stat status {};
  if (mount < 0 || ::fstat(mount, &status) != 0) return {-1, errno};
  if (!S_ISCHR(status.st_mode) || status.st_rdev != ::makedev(device.major_number, device.minor_number))
    return {-1, ENODEV};
  const unsigned attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
  return set_mount_attributes(mount, attributes, 0) == 0 ? made(mount) : MadeMount{-1, errno};
}

// A sysfs of one's own belongs to a network namespace of one's own.
MadeMount make_sys(Network network) noexcept {
  constexpr unsigned attributes = safe | MOUNT_ATTR_RDONLY;
  if (network != Network::host) return made(make_mount("sysfs", attributes));
  const int mount = clone_mount(AT_FDCWD, "/sys", AT_RECURSIVE);
  if (mount < 0 || set_mount_attributes(mount, attributes, AT_RECURSIVE) != 0) return {-1, errno};
  return made(mount);
}

}  // namespace

SystemMounts make_system_mounts(Network network) noexcept {
  SystemMounts mounts;
  for (std::size_t index = 0; index < standard_devices.size(); ++index)
    mounts.devices[index] = clone_device(standard_devices[index]);
  mounts.proc = made(make_mount("proc", safe));
  mounts.sys = make_sys(network);
  mounts.groups = made(make_mount("cgroup2", safe | MOUNT_ATTR_RDONLY));
  mounts.queues = made(make_mount("mqueue", safe));
  return mounts;
}

}  // namespace husk::runtime
