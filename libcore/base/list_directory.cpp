#include "libcore/base/list_directory.hpp"

#include "libcore/base/directory_stream.hpp"
#include "libcore/base/error.hpp"

#include <fcntl.h>
#include <algorithm>

namespace husk {

std::vector<std::string> list_directory(int dir) {
  // A descriptor of its own: the stream closes it, and the position is not shared with other readers.
  Fd own(::openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!own) throw_errno("list directory");
  DirectoryStream stream(std::move(own), ".");
  std::vector<std::string> names;
  while (const dirent* const entry = stream.next()) names.emplace_back(entry->d_name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace husk
