#include "libcore/base/lock.hpp"

#include "libcore/base/error.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <chrono>
#include <thread>

namespace husk {
namespace {

struct flock whole_file(LockKind kind) {
  struct flock area {};
  area.l_type = kind == LockKind::shared ? F_RDLCK : F_WRLCK;
  area.l_whence = SEEK_SET;
  return area;
}

bool take(int fd, int command, LockKind kind, std::string_view name) {
  struct flock area = whole_file(kind);
  for (;;) {
    if (::fcntl(fd, command, &area) == 0) return true;
    if (errno == EAGAIN || errno == EACCES) return false;
    if (errno != EINTR) throw_errno("lock ", quote(name));
  }
}

}  // namespace

bool try_lock(int fd, LockKind kind) { return take(fd, F_OFD_SETLK, kind, "file"); }

void unlock(int fd) noexcept {
  struct flock area = whole_file(LockKind::shared);
  area.l_type = F_UNLCK;
  (void)::fcntl(fd, F_OFD_SETLK, &area);
}

void lock(int fd, LockKind kind, std::string_view name, const std::function<void(const std::string&)>& tell) {
  using namespace std::chrono_literals;
  // OFD locks have no owner that the kernel could name, so polling for a second loses nothing but politeness.
  for (int tries = 0; tries < 100; ++tries) {
    if (take(fd, F_OFD_SETLK, kind, name)) return;
    std::this_thread::sleep_for(10ms);
  }
  tell(cat("waiting for ", quote(name), ", which another husk process holds"));
  (void)take(fd, F_OFD_SETLKW, kind, name);
}

}  // namespace husk
