#pragma once

#include <sys/mount.h>
#include <cstdint>

/// mount(2) in its newer form (fsopen(2) and relatives, Linux 5.2), as short calls that allocate nothing and
/// do not throw: they run in a container's first process. All return a descriptor or 0, or -1 and errno.
namespace husk::runtime {

/// An option of a file system; without VALUE a flag.
struct MountOption {
  const char* name;
  const char* value = nullptr;
};

/// A new file system TYPE as a detached mount.
template <std::size_t Count>
int make_mount(const char* type, const MountOption (&options)[Count], unsigned attributes) noexcept;
int make_mount(const char* type, const MountOption* options, std::size_t count, unsigned attributes) noexcept;
inline int make_mount(const char* type, unsigned attributes) noexcept {
  return make_mount(type, nullptr, 0, attributes);
}

/// A detached copy of what is at NAME below DIR (an empty NAME: DIR itself); FLAGS: AT_RECURSIVE,
/// AT_SYMLINK_NOFOLLOW.
int clone_mount(int dir, const char* name, unsigned flags) noexcept;

/// Sets MOUNT_ATTR_… on a mount, with FLAGS AT_RECURSIVE on those below it, too, and how changes on the host
/// reach it: MS_PRIVATE, MS_SLAVE, or 0 for as they did.
int set_mount_attributes(int mount, std::uint64_t attributes, unsigned flags,
                         std::uint64_t propagation = MS_PRIVATE) noexcept;

/// Puts the detached MOUNT on TARGET, a descriptor of a directory or file.
int attach_mount(int mount, int target) noexcept;

template <std::size_t Count>
int make_mount(const char* type, const MountOption (&options)[Count], unsigned attributes) noexcept {
  return make_mount(type, options, Count, attributes);
}

}  // namespace husk::runtime
