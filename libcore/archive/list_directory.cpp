#include "libcore/archive/list_directory.hpp"

#include "libcore/base/error.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <algorithm>
#include <memory>

namespace husk::archive {

std::vector<std::string> list_directory(int dir) {
  // A descriptor of its own: closedir() closes it, and the position is not shared with other readers.
  Fd own(::openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own) throw_errno("list directory");
  struct Close {
    void operator()(DIR* stream) const noexcept { (void)::closedir(stream); }
  };
  const std::unique_ptr<DIR, Close> stream(::fdopendir(own.get()));
  if (!stream) throw_errno("list directory");
  (void)own.release();

  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) throw_errno("list directory");
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace husk::archive
