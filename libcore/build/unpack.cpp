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

using Header = std::array<std::byte, 512>;

// The checksum of a header is that of its bytes with blanks in its own place (POSIX pax, "ustar Interchange
// Format"). Archives older than ustar have no magic number, but this.
bool is_tar_header(const Header& header) {
  constexpr std::size_t at = 148, length = 8;
  const std::string_view text = as_text(header).substr(at, length);
  const auto begin = std::min(text.find_first_not_of(' '), text.size());
  unsigned wanted = 0;
  const auto [end, error] = std::from_chars(text.data() + begin, text.data() + text.size(), wanted, 8);
  if (error != std::errc()) return false;
  unsigned sum = length * ' ';
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (i < at || i >= at + length) sum += std::to_integer<unsigned>(header[i]);
  }
  return sum == wanted;
}

}  // namespace

bool is_tar(int fd) {
  Header header{};
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
  return filled == header.size() && is_tar_header(header);
}

std::vector<archive::RecordedOwner> unpack_tar(int fd, int directory, archive::ExtractOptions options) {
  options.whiteouts = archive::Whiteouts::literal;
  const archive::Source content =
      archive::decompress(archive::read_from(fd), max_unpacked, archive::Formats::any);
  return std::move(archive::extract(content, directory, options).owners);
}

}  // namespace husk::build
