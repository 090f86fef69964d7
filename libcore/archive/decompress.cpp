#include "libcore/archive/inflate.hpp"
#include "libcore/base/error.hpp"

#include <algorithm>
#include <array>

namespace husk::archive {
namespace {

constexpr std::uint64_t ratio_starts = 1ULL << 30;
constexpr std::uint64_t max_ratio = 1000;

/// The stream from its beginning, after some bytes were read to see what it is; counts what is taken.
struct Input {
  Source stream;
  std::array<std::byte, 6> head{};
  std::size_t head_size = 0;
  std::size_t head_given = 0;
  std::uint64_t taken = 0;

  void look() {
    while (head_size < head.size()) {
      const std::size_t count = stream(std::span(head).subspan(head_size));
      if (count == 0) return;
      head_size += count;
    }
  }

  std::size_t read(std::span<std::byte> buffer) {
    std::size_t count = std::min(head_size - head_given, buffer.size());
    if (count > 0) {
      std::copy_n(head.begin() + static_cast<std::ptrdiff_t>(head_given), count, buffer.begin());
      head_given += count;
    } else {
      count = stream(buffer);
    }
    taken += count;
    return count;
  }
};

bool starts_with(const Input& input, std::initializer_list<int> bytes) {
  return input.head_size >= bytes.size() &&
         std::equal(bytes.begin(), bytes.end(), input.head.begin(),
                    [](int wanted, std::byte found) { return wanted == std::to_integer<int>(found); });
}

// A zstd file may begin with a skippable frame, 0x184D2A50 to 0x184D2A5F (RFC 8878, 3.1.2).
bool is_skippable(const Input& input) {
  return input.head_size >= 4 && (input.head[0] & std::byte{0xf0}) == std::byte{0x50} &&
         input.head[1] == std::byte{0x2a} && input.head[2] == std::byte{0x4d} &&
         input.head[3] == std::byte{0x18};
}

struct Content {
  std::shared_ptr<Input> input;
  std::unique_ptr<Decoder> decoder;  // none: the bytes as they are
  std::uint64_t limit = 0;
  Formats formats = Formats::layers;
  std::uint64_t given = 0;
  bool looked = false;

  void choose_decoder() {
    looked = true;
    input->look();
    const Source source = [input = input](std::span<std::byte> buffer) { return input->read(buffer); };
    if (starts_with(*input, {0x1f, 0x8b})) {
      decoder = make_gzip_decoder(source);
    } else if (starts_with(*input, {0x28, 0xb5, 0x2f, 0xfd}) || is_skippable(*input)) {
      decoder = make_zstd_decoder(source);
    } else if (formats == Formats::any && starts_with(*input, {'B', 'Z', 'h'})) {
      decoder = make_bzip2_decoder(source);
    } else if (formats == Formats::any && starts_with(*input, {0xfd, '7', 'z', 'X', 'Z', 0})) {
      decoder = make_xz_decoder(source);
    }
  }

  std::size_t read(std::span<std::byte> buffer) {
    if (!looked) choose_decoder();
    const std::size_t count = decoder ? decoder->read(buffer) : input->read(buffer);
    given += count;
    if (given > limit) throw Error(cat("content is larger than ", limit, " bytes"));
    if (given > ratio_starts && given / max_ratio > input->taken)
      throw Error(cat("content is more than ", max_ratio, " times as large as its compressed form"));
    return count;
  }
};

}  // namespace

Source decompress(Source stream, std::uint64_t limit, Formats formats) {
  // std::function wants what it holds to be copied.
  const auto content = std::make_shared<Content>();
  content->input = std::make_shared<Input>();
  content->input->stream = std::move(stream);
  content->limit = limit;
  content->formats = formats;
  return [content](std::span<std::byte> buffer) { return content->read(buffer); };
}

}  // namespace husk::archive
