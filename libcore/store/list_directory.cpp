#include "libcore/store/list_directory.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/list_directory.hpp"

#include <fcntl.h>
#include <cerrno>

namespace husk::store {

std::vector<std::string> list_directory(const Store& store, const std::string& path) {
  const Fd directory(
      ::openat(store.directory(), path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory && errno == ENOENT) return {};
  if (!directory) throw_errno("read the store's directory ", quote(path));
  return husk::list_directory(directory.get());
}

}  // namespace husk::store
