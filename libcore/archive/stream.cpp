#include "libcore/archive/stream.hpp"

#include "libcore/base/io.hpp"

namespace husk::archive {

Source read_from(int fd) {
  return [fd](std::span<std::byte> buffer) { return read_some(fd, buffer); };
}

Sink write_to(int fd) {
  return [fd](std::span<const std::byte> bytes) { write_all(fd, bytes, "output"); };
}

}  // namespace husk::archive
