#include "libcore/store/locked_directory.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/remove_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace husk::store {
namespace {

Fd open_lock_file(const Store& store, const std::string& path) {
  Fd file(::openat(store.directory(), (path + "/lock").c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  if (!file && errno != ENOENT) throw_errno("open the lock of ", quote(path));
  return file;
}

// Somebody may have moved it away before we had the lock.
bool is_still_there(const Store& store, const std::string& path, const Fd& file) {
  struct stat ours {
  }, theirs{};
  return ::fstat(file.get(), &ours) == 0 &&
         ::fstatat(store.directory(), (path + "/lock").c_str(), &theirs, AT_SYMLINK_NOFOLLOW) == 0 &&
         ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

}  // namespace

std::optional<Fd> lock_directory(const Store& store, const std::string& path, LockKind kind, Busy busy,
                                 const std::function<void()>& wait) {
  for (;;) {
    Fd file = open_lock_file(store, path);
    if (!file) return std::nullopt;
    while (!try_lock(file.get(), kind)) {
      if (busy == Busy::give_up) return std::nullopt;
      wait();
    }
    if (is_still_there(store, path, file)) return file;
  }
}

std::string move_to_trash(const Store& store, const std::string& path) {
  std::string trashed = random_hex(16);
  sys::rename_at(store.directory(), path, store.open_directory("trash").get(), trashed);
  return trashed;
}

void remove_from_trash(const Store& store, const std::string& trashed) {
  remove_tree(store.open_directory("trash").get(), trashed);
}

}  // namespace husk::store
