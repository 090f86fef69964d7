#include "libcore/runtime/in_root.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <climits>
#include <cstring>

namespace husk::runtime {
namespace {

int resolve(int root, const char* path, int flags, unsigned long long rules) noexcept {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.mode = (flags & O_CREAT) != 0 ? 0644 : 0;
  how.resolve = rules | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: a rename raced with a ".."; whoever does nothing but rename must not keep us here for ever.
  for (int races = 0; races < 64; ++races) {
    const long fd = ::syscall(SYS_openat2, root, path, &how, sizeof how);
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) return static_cast<int>(fd);
  }
  return -1;
}

int make_last(int parent, const char* name, TargetKind kind) noexcept {
  if (kind == TargetKind::directory) {
    if (::mkdirat(parent, name, 0755) != 0 && errno != EEXIST) return -1;
    return resolve(parent, name, O_PATH | O_DIRECTORY, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  }
  return resolve(parent, name, O_RDONLY | O_CREAT | O_EXCL, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

}  // namespace

int open_real_directory(int root, const char* name) noexcept {
  return resolve(root, name, O_PATH | O_DIRECTORY, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

int open_target(int root, const char* path) noexcept { return resolve(root, path, O_PATH, RESOLVE_IN_ROOT); }

int make_target(int root, const char* path, TargetKind kind) noexcept {
  const int there = open_target(root, path);
  if (there >= 0 || errno != ENOENT) return there;

  // Component by component: what is looked up is always the whole prefix, so that links are taken as in the
  // container.
  char prefix[PATH_MAX];
  const std::size_t length = ::strlen(path);
  if (length >= sizeof prefix) {
    errno = ENAMETOOLONG;
    return -1;
  }
  int parent = ::fcntl(root, F_DUPFD_CLOEXEC, 0);
  for (std::size_t start = 0; parent >= 0 && start < length;) {
    while (path[start] == '/') ++start;
    std::size_t end = start;
    while (end < length && path[end] != '/') ++end;
    if (start == end) break;
    ::memcpy(prefix, path, end);
    prefix[end] = '\0';
    const bool last = path[end + ::strspn(path + end, "/")] == '\0';
    int next = open_target(root, prefix);
    if (next < 0 && errno == ENOENT)
      next = make_last(parent, prefix + start, last ? kind : TargetKind::directory);
    const int saved = errno;
    ::close(parent);
    errno = saved;
    parent = next;
    start = end;
  }
  return parent;
}

}  // namespace husk::runtime
