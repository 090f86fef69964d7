#include "libcore/store/remove_tree.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/fd.hpp"
#include "libcore/userns/run_in.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace husk::store {
namespace {

// A directory deeper than this is moved up and emptied later: no tree takes more descriptors than this.
constexpr int max_depth = 32;

struct CloseDirectory {
  void operator()(DIR* stream) const { ::closedir(stream); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

// Empties one tree. What it can't remove stays; the first reason is kept in error().
class Remover {
 public:
  explicit Remover(int top) : top_(top) {}

  void run() {
    empty(::openat(top_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0);
    while (!deep_.empty()) {
      const std::string name = deep_.back();
      deep_.pop_back();
      remove_directory(top_, name, 0);
    }
  }

  int error() const { return error_; }

 private:
  void failed() {
    if (error_ == 0 && errno != ENOENT) error_ = errno;  // another process may be at it, too
  }

  void empty(int fd, int depth) {
    const Directory stream(fd < 0 ? nullptr : ::fdopendir(fd));
    if (stream == nullptr) return failed();
    while (const dirent* const entry = ::readdir(stream.get())) {
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (entry->d_type != DT_DIR && ::unlinkat(fd, name.c_str(), 0) == 0) continue;
      if (entry->d_type == DT_DIR || errno == EISDIR) {
        remove_directory(fd, name, depth);
      } else if (errno != ENOENT) {
        // The directory may be read-only; overlayfs leaves such ones.
        if (::fchmod(fd, 0700) != 0 || ::unlinkat(fd, name.c_str(), 0) != 0) failed();
      }
    }
  }

  void remove_directory(int parent, const std::string& name, int depth) {
    // Many are empty: of a container that wrote nothing, all.
    if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0) return;
    if (depth >= max_depth) return move_up(parent, name);
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = ::openat(parent, name.c_str(), flags);
    if (fd < 0 && errno == EACCES && ::fchmodat(parent, name.c_str(), 0700, 0) == 0) {
      fd = ::openat(parent, name.c_str(), flags);
    }
    if (fd < 0) return failed();
    empty(fd, depth + 1);
    if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return;
    if (errno == ENOTEMPTY && error_ != 0) return;  // the reason is known
    if (::fchmod(parent, 0700) != 0 || ::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0) failed();
  }

  void move_up(int parent, const std::string& name) {
    std::string up = cat(".deep-", ++moved_);
    if (::renameat(parent, name.c_str(), top_, up.c_str()) != 0) return failed();
    deep_.push_back(std::move(up));
  }

  int top_;
  int error_ = 0;
  unsigned moved_ = 0;
  std::vector<std::string> deep_;
};

// 0, or the errno of the first thing that could not be removed.
int try_remove(int dir, const std::string& name) {
  if (::unlinkat(dir, name.c_str(), 0) == 0 || errno == ENOENT) return 0;
  if (errno != EISDIR && errno != EPERM) return errno;
  Fd top(::openat(dir, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!top && errno == EACCES && ::fchmodat(dir, name.c_str(), 0700, 0) == 0) {
    top.reset(::openat(dir, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  }
  if (!top) return errno == ENOENT ? 0 : errno;
  Remover remover(top.get());
  remover.run();
  if (remover.error() != 0) return remover.error();
  return ::unlinkat(dir, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : errno;
}

// A process that is being ended may make one more file meanwhile, of a container say: then all is emptied
// again.
int remove_for_good(int dir, const std::string& name) {
  constexpr int most = 10;
  for (int tries = 1;; ++tries) {
    const int error = try_remove(dir, name);
    if (error != ENOTEMPTY || tries == most) return error;
    std::this_thread::sleep_for(std::chrono::milliseconds(tries));
  }
}

}  // namespace

void remove_tree(int dir, const std::string& name) {
  int error = remove_for_good(dir, name);
  if (error == EACCES || error == EPERM) {
    // In the child: root over the caller's own and subordinate ids.
    const std::string result = userns::run_in(userns::choose_map(userns::Choice::automatic),
                                              [&] { return std::to_string(remove_for_good(dir, name)); });
    error = std::stoi(result);
  }
  if (error != 0) throw SysError(error, cat("remove ", quote(name)));
}

}  // namespace husk::store
