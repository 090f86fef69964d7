#include "libcore/runtime/kernel_mount.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>

namespace husk::runtime {
namespace {

// close() must not change the errno that the caller is about to report.
int close_and_fail(int fd) noexcept {
  const int saved = errno;
  ::close(fd);
  errno = saved;
  return -1;
}

}  // namespace

int make_mount(const char* type, const MountOption* options, std::size_t count,
               unsigned attributes) noexcept {
  const int fs = ::fsopen(type, FSOPEN_CLOEXEC);
  if (fs < 0) return -1;
  for (std::size_t index = 0; index < count; ++index) {
    const MountOption& option = options[index];
    const unsigned command = option.value == nullptr ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING;
    if (::fsconfig(fs, command, option.name, option.value, 0) != 0) return close_and_fail(fs);
  }
  if (::fsconfig(fs, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) return close_and_fail(fs);
  const int mount = ::fsmount(fs, FSMOUNT_CLOEXEC, attributes);
  if (mount < 0) return close_and_fail(fs);
  ::close(fs);
  return mount;
}

int clone_mount(int dir, const char* name, unsigned flags) noexcept {
  const unsigned empty = *name == '\0' ? unsigned{AT_EMPTY_PATH} : 0U;
  return ::open_tree(dir, name, OPEN_TREE_CLONE | unsigned{OPEN_TREE_CLOEXEC} | flags | empty);
}

int set_mount_attributes(int mount, std::uint64_t attributes, unsigned flags,
                         std::uint64_t propagation) noexcept {
  mount_attr change{};
  change.attr_set = attributes;
  change.propagation = propagation;
  return ::mount_setattr(mount, "", unsigned{AT_EMPTY_PATH} | flags, &change, sizeof change);
}

int attach_mount(int mount, int target) noexcept {
  return ::move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

}  // namespace husk::runtime
