#include "libcore/archive/pending_directories.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"

#include <fcntl.h>
#include <algorithm>
#include <unordered_set>

namespace husk::archive {
namespace {

std::ptrdiff_t depth(const std::string& path) {
  return path.empty() ? 0 : 1 + std::count(path.begin(), path.end(), '/');
}

// Nothing if it was replaced by something else.
Fd find_directory(int root, const std::string& path) {
  try {
    return open_in_root(root, path.empty() ? "." : path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (const SysError& error) {
    if (error.code() == ENOENT || error.code() == ENOTDIR || error.code() == ELOOP) return Fd();
    throw;
  }
}

}  // namespace

void PendingDirectories::finish(int root, Notes& notes) {
  std::reverse(directories_.begin(), directories_.end());
  std::stable_sort(directories_.begin(), directories_.end(),
                   [](const Directory& a, const Directory& b) { return depth(a.path) > depth(b.path); });
  std::unordered_set<Inode, HashInode> done;
  for (const Directory& directory : directories_) {
    const Fd fd = find_directory(root, directory.path);
    struct stat status {};
    if (!fd) continue;
    if (::fstat(fd.get(), &status) != 0) throw_errno("look at ", quote(directory.path));
    if (inode_of(status) != directory.inode || !done.insert(directory.inode).second) continue;
    in_context([&] { return cat("directory ", quote(directory.path)); },
               [&] { apply(fd.get(), status, directory.attributes, notes); });
  }
  directories_.clear();
}

}  // namespace husk::archive
