#include "libcore/build/unpack.hpp"

#include "libcore/archive/extract.hpp"
#include "libcore/archive/stream.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <unistd.h>
#include <array>

namespace husk::build {
namespace {

constexpr std::uint64_t max_unpacked = 1ULL << 40;

void rewind(int fd) {
  if (::lseek(fd, 0, SEEK_SET) != 0) throw_errno("rewind an archive");
}

bool begins(std::span<const std::byte> bytes, std::string_view magic) {
  return as_text(bytes).starts_with(magic);
}

}  // namespace

bool is_tar(int fd) {
  std::array<std::byte, 512> first{};
  const std::size_t count = read_full(fd, first);
  rewind(fd);
  const auto bytes = std::span<const std::byte>(first).first(count);
  const bool compressed = begins(bytes, "\x1f\x8b") || begins(bytes, "\x28\xb5\x2f\xfd");
  if (begins(bytes, "BZh") || begins(bytes, std::string_view("\xfd"
                                                             "7zXZ\0",
                                                             6))) {
    throw Error("husk-build does not support ADD of archives compressed with bzip2 or xz yet");
  }
  if (!compressed) return count == first.size() && as_text(bytes).substr(257, 5) == "ustar";
  std::array<std::byte, 512> header{};
  std::size_t filled = 0;
  try {
    const archive::Source content = archive::decompress(archive::read_from(fd), max_unpacked);
    while (filled < header.size()) {
      const std::size_t got = content(std::span(header).subspan(filled));
      if (got == 0) break;
      filled += got;
    }
  } catch (const Error&) {
    filled = 0;  // only looks compressed: an ordinary file
  }
  rewind(fd);
  return filled == header.size() && as_text(header).substr(257, 5) == "ustar";
}

std::vector<archive::RecordedOwner> unpack_tar(int fd, int directory, archive::Owners owners) {
  archive::ExtractOptions options;
  options.whiteouts = archive::Whiteouts::literal;
  options.owners = owners;
  const archive::Source content = archive::decompress(archive::read_from(fd), max_unpacked);
  return std::move(archive::extract(content, directory, options).owners);
}

}  // namespace husk::build
