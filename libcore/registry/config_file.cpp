#include "libcore/registry/config_file.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>

namespace husk::registry {

std::optional<std::string> read_config_file(const std::filesystem::path& path) {
  constexpr std::size_t limit = 1 << 20;
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw_errno("read ", quote(path));
  }
  return read_all(fd.get(), limit, path.native());
}

}  // namespace husk::registry
