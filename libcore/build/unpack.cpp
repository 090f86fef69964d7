#include "libcore/build/unpack.hpp"

#include "libcore/archive/stream.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <charconv>

namespace husk::build {
namespace {

constexpr std::uint64_t max_unpacked = 1ULL << 40;

void rewind(int fd) {
  if (::lseek(fd, 0, SEEK_SET) != 0) throw_errno("rewind an archive");
}

}  // namespace

bool is_tar_header(std::string_view bytes) {
  // The checksum is that of the header's bytes with blanks in its own place (POSIX pax, "ustar Interchange
  // Format"). Archives older than ustar have no magic number, but this.
  constexpr std::size_t at = 148, length = 8;
  if (bytes.size() != tar_header_size) return false;
  const std::string_view text = bytes.substr(at, length);
  const auto begin = std::min(text.find_first_not_of(' '), text.size());
  unsigned wanted = 0;
  const auto [end, error] = std::from_chars(text.data() + begin, text.data() + text.size(), wanted, 8);
  if (error != std::errc()) return false;
  unsigned sum = length * ' ';
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i < at || i >= at + length) sum += static_cast<unsigned char>(bytes[i]);
  }
  return sum == wanted;
}

bool is_tar(int fd) {
  std::array<std::byte, tar_header_size> header{};
  std::size_t filled = 0;
  try {
    const archive::Source content =
        archive::decompress(archive::read_from(fd), max_unpacked, archive::Formats::any);
    while (filled < header.size()) {
      const std::size_t got = content(std::span(header).subspan(filled));
      if (got == 0) break;
      filled += got;
    }
  } catch (const Error&) {
    filled = 0;  // only looks compressed: an ordinary file
  }
  rewind(fd);
  return filled == header.size() && is_tar_header(as_text(header));
}

std::vector<archive::RecordedOwner> unpack_tar(int fd, int directory, archive::ExtractOptions options) {
  options.whiteouts = archive::Whiteouts::literal;
  const archive::Source content =
      archive::decompress(archive::read_from(fd), max_unpacked, archive::Formats::any);
  return std::move(archive::extract(content, directory, options).owners);
}

}  // namespace husk::build
