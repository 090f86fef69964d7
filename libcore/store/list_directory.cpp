#include "libcore/store/list_directory.hpp"

#include "libcore/base/error.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <algorithm>
#include <cerrno>
#include <memory>

namespace husk::store {
namespace {

struct CloseDirectory {
  void operator()(DIR* stream) const { ::closedir(stream); }
};

}  // namespace

std::vector<std::string> list_directory(const Store& store, const std::string& path) {
  Fd directory(::openat(store.directory(), path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory && errno == ENOENT) return {};
  const std::unique_ptr<DIR, CloseDirectory> stream(directory ? ::fdopendir(directory.get()) : nullptr);
  if (!stream) throw_errno("read the store's directory ", quote(path));
  (void)directory.release();
  std::vector<std::string> names;
  while (const dirent* const entry = ::readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace husk::store
