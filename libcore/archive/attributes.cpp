#include "libcore/archive/attributes.hpp"

#include "libcore/archive/xattr_policy.hpp"
#include "libcore/base/error.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <array>
#include <cstring>
#include <limits>

namespace husk::archive {
namespace {

constexpr mode_t permissions = 07777;
constexpr mode_t set_id_bits = S_ISUID | S_ISGID;

bool must_give_away(const struct stat& status, const std::optional<Owner>& owner) {
  return owner && (status.st_uid != owner->uid || status.st_gid != owner->gid);
}

[[noreturn]] void fail_to_chown(const Owner& owner) {
  const int code = errno;
  if (code != EINVAL) throw SysError(code, cat("give it to user ", owner.uid, " and group ", owner.gid));
  Error error(cat("it belongs to user ", owner.uid, " and group ", owner.gid,
                  ", which are not among the ids at hand"));
  error.set_hint("get more subordinate ids in /etc/subuid and /etc/subgid, or use --userns=single");
  throw error;
}

std::array<timespec, 2> times(Time mtime) {
  const timespec time{mtime.seconds, mtime.nanoseconds};
  return {time, time};
}

bool is_left_out(int code) { return code == EPERM || code == ENOTSUP; }

void set_xattr(int fd, const Xattr& xattr, Notes& notes) {
  if (!may_pass(xattr.name)) {
    if (!is_overlay_mark(xattr.name)) notes.add(cat("xattr ", quote(xattr.name)), "not for archives");
    return;
  }
  const bool is_capability = xattr.name == capability_xattr;
  const std::string value = is_capability ? portable_capability(xattr.value) : xattr.value;
  if (::fsetxattr(fd, xattr.name.c_str(), value.data(), value.size(), 0) == 0) return;
  if (!is_left_out(errno)) throw_errno("set xattr ", quote(xattr.name));
  notes.add(cat("xattr ", quote(xattr.name)), std::strerror(errno));
}

}  // namespace

Owner checked_owner(std::int64_t uid, std::int64_t gid) {
  constexpr std::int64_t last = std::numeric_limits<std::uint32_t>::max() - 1;
  if (uid < 0 || uid > last) throw Error(cat("user id ", uid, " does not exist"));
  if (gid < 0 || gid > last) throw Error(cat("group id ", gid, " does not exist"));
  return {static_cast<uid_t>(uid), static_cast<gid_t>(gid)};
}

// The owner first: chown(2) takes set-id bits and capabilities away.
void apply(int fd, const struct stat& status, const Attributes& wanted, Notes& notes) {
  const bool give_away = must_give_away(status, wanted.owner);
  if (give_away && ::fchown(fd, wanted.owner->uid, wanted.owner->gid) != 0) fail_to_chown(*wanted.owner);
  const bool lost_bits = give_away && (wanted.mode & set_id_bits) != 0;
  if (lost_bits || (status.st_mode & permissions) != wanted.mode) {
    if (::fchmod(fd, wanted.mode) != 0) throw_errno("set its mode");
  }
  for (const Xattr& xattr : wanted.xattrs) set_xattr(fd, xattr, notes);
  if (::futimens(fd, times(wanted.mtime).data()) != 0) throw_errno("set its time");
}

void apply_at(int dir, const std::string& name, const struct stat& status, const Attributes& wanted) {
  if (must_give_away(status, wanted.owner) &&
      ::fchownat(dir, name.c_str(), wanted.owner->uid, wanted.owner->gid, AT_SYMLINK_NOFOLLOW) != 0)
    fail_to_chown(*wanted.owner);
  // fchmodat() follows links and can't be told not to before Linux 6.6: by way of a descriptor that opens
  // nothing.
  if (!S_ISLNK(status.st_mode)) {
    const int fd = ::openat(dir, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) throw_errno("open");
    const int result = ::chmod(cat("/proc/self/fd/", fd).c_str(), wanted.mode);
    const int code = errno;
    (void)::close(fd);
    if (result != 0) throw SysError(code, "set its mode");
  }
  if (::utimensat(dir, name.c_str(), times(wanted.mtime).data(), AT_SYMLINK_NOFOLLOW) != 0)
    throw_errno("set its time");
}

std::string portable_capability(std::string value) {
  if (value.size() != XATTR_CAPS_SZ_3) return value;
  // struct vfs_ns_cap_data, little endian: the version is the last byte of the first word, the id the last
  // word.
  constexpr auto version_2 = static_cast<char>(VFS_CAP_REVISION_2 >> VFS_CAP_REVISION_SHIFT);
  value[3] = version_2;
  value.resize(XATTR_CAPS_SZ_2);
  return value;
}

}  // namespace husk::archive
