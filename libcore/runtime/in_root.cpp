#include "libcore/runtime/in_root.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

namespace husk::runtime {
namespace {

constexpr int max_links = 40;  // as the kernel

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

// A path while its missing parts are made.
struct Way {
  char path[PATH_MAX];
  std::size_t start = 0;  // of the component that is next
};

// The component from START to END is a link to what is not there: puts where it leads in its place.
bool follow_link(int parent, Way& way, std::size_t end) noexcept {
  char name[NAME_MAX + 1];
  const std::size_t size = end - way.start;
  if (size > NAME_MAX) return false;
  ::memcpy(name, way.path + way.start, size);
  name[size] = '\0';
  static char joined[PATH_MAX];
  static char target[PATH_MAX];
  const ssize_t length = ::readlinkat(parent, name, target, sizeof target - 1);
  if (length <= 0) return false;
  target[length] = '\0';
  const std::size_t before = target[0] == '/' ? 0 : way.start;
  const std::size_t rest = ::strlen(way.path + end);
  if (before + static_cast<std::size_t>(length) + rest >= sizeof joined) {
    errno = ENAMETOOLONG;
    return false;
  }
  ::memcpy(joined, way.path, before);
  ::memcpy(joined + before, target, static_cast<std::size_t>(length));
  ::memcpy(joined + before + length, way.path + end, rest + 1);
  ::memcpy(way.path, joined, sizeof joined);
  way.start = 0;
  return true;
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
  static Way way;
  const std::size_t length = ::strlen(path);
  if (length >= sizeof way.path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  ::memcpy(way.path, path, length + 1);
  way.start = 0;
  int links = 0;
  int parent = ::fcntl(root, F_DUPFD_CLOEXEC, 0);
  while (parent >= 0) {
    way.start += ::strspn(way.path + way.start, "/");
    const std::size_t end = way.start + ::strcspn(way.path + way.start, "/");
    if (way.start == end) break;
    const bool last = way.path[end + ::strspn(way.path + end, "/")] == '\0';
    const char after = std::exchange(way.path[end], '\0');
    int next = open_target(root, way.path);
    if (next < 0 && errno == ENOENT)
      next = make_last(parent, way.path + way.start, last ? kind : TargetKind::directory);
    way.path[end] = after;
    const int error = errno;
    // A link that dangles: what it names is made, as the container would do with "mkdir -p". But a file is
    // not made through one, it takes the place of the link; see bind_files().
    const bool dangles = next < 0 && error == ELOOP && ++links <= max_links;
    if (dangles && follow_link(parent, way, end)) {
      next = ::fcntl(root, F_DUPFD_CLOEXEC, 0);
    } else {
      way.start = end;
      errno = error;
    }
    const int saved = errno;
    ::close(parent);
    errno = saved;
    parent = next;
  }
  return parent;
}

}  // namespace husk::runtime
