#include "libcore/archive/stream.hpp"

#include "tests/unit/archive/decompressed.hpp"
#include "tests/unit/archive/sandbox.hpp"
#include "tests/unit/archive/some_text.hpp"

namespace husk::archive {
namespace {

std::string compressed(Compression kind, std::string_view text, std::size_t piece = 1 << 20) {
  std::string out;
  Compressor compressor(kind, to_text(out));
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size())))
    compressor.write(as_bytes(text.substr(0, piece)));
  compressor.finish();
  return out;
}

std::string decompressed(const std::string& stream, std::size_t piece = 100'000) {
  return read_everything(decompress(from_text(stream, piece), no_limit));
}

class Streams : public ::testing::TestWithParam<Compression> {};

TEST_P(Streams, come_back_as_they_were) {
  for (const std::size_t size : {0U, 1U, 511U, 65536U, 1048576U, 1048577U, 3'000'000U}) {
    const std::string text = some_text(size);
    const std::string stream = compressed(GetParam(), text);
    EXPECT_EQ(decompressed(stream), text) << size;
    EXPECT_EQ(decompressed(stream, 1), text) << size;
    EXPECT_EQ(decompressed(stream, 7), text) << size;
  }
}

TEST_P(Streams, do_not_depend_on_the_pieces_they_are_written_in) {
  const std::string text = some_text(2'500'000);
  const std::string stream = compressed(GetParam(), text);
  EXPECT_EQ(compressed(GetParam(), text, 1000), stream);
  EXPECT_EQ(compressed(GetParam(), text, 777'777), stream);
}

TEST_P(Streams, follow_each_other) {
  const std::string one = compressed(GetParam(), "one ");
  const std::string empty = compressed(GetParam(), "");
  const std::string two = compressed(GetParam(), "two");
  EXPECT_EQ(decompressed(one + empty + empty + two), "one two");
  EXPECT_EQ(decompressed(one + empty + empty + two, 1), "one two");
}

TEST_P(Streams, are_limited) {
  const std::string stream = compressed(GetParam(), some_text(100'000));
  EXPECT_EQ(read_everything(decompress(from_text(stream), 100'000)).size(), 100'000U);
  EXPECT_THROW(read_everything(decompress(from_text(stream), 99'999)), Error);
}

INSTANTIATE_TEST_SUITE_P(All, Streams,
                         ::testing::Values(Compression::none, Compression::gzip, Compression::zstd));

class Damage : public ::testing::TestWithParam<Compression> {};

TEST_P(Damage, a_stream_that_is_cut_off_is_an_error_wherever_it_is_cut) {
  const std::string stream = compressed(GetParam(), some_text(200'000));
  for (std::size_t size = 4; size < stream.size(); size += 1 + stream.size() / 500)
    EXPECT_THROW(decompressed(stream.substr(0, size)), Error) << size;
  EXPECT_THROW(decompressed(stream.substr(0, stream.size() - 1)), Error);
  EXPECT_THROW(decompressed(stream + stream.substr(0, 20)), Error);
}

TEST_P(Damage, a_changed_byte_is_never_passed_on_as_the_whole) {
  const std::string text = some_text(50'000);
  const std::string stream = compressed(GetParam(), text);
  for (std::size_t at = 4; at < stream.size(); at += 1 + stream.size() / 400) {
    std::string damaged = stream;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    try {
      EXPECT_EQ(decompressed(damaged), text) << at;  // bytes of a header that nobody reads
    } catch (const Error&) {
    }
  }
}

TEST_P(Damage, something_behind_the_stream_is_an_error) {
  EXPECT_THROW(decompressed(compressed(GetParam(), "text") + "garbage"), Error);
}

INSTANTIATE_TEST_SUITE_P(All, Damage, ::testing::Values(Compression::gzip, Compression::zstd));

TEST(Decompress, passes_on_what_is_not_compressed) {
  EXPECT_EQ(decompressed("plain text"), "plain text");
  EXPECT_EQ(decompressed("\x1f"), "\x1f");
  EXPECT_EQ(decompressed(""), "");
}

TEST(Decompress, an_error_of_the_source_comes_through) {
  const Source broken = [](std::span<std::byte>) -> std::size_t { throw Error("connection lost"); };
  EXPECT_THROW(read_everything(decompress(broken, no_limit)), Error);
}

TEST(Decompress, a_bomb_is_stopped_by_its_ratio) {
  // 2 GiB of zeros in a few hundred KB: zstd does better than 1000 to 1.
  std::string stream;
  {
    Compressor compressor(Compression::zstd, to_text(stream));
    const std::vector<std::byte> zeros(1 << 20);
    for (int i = 0; i < 2048; ++i) compressor.write(zeros);
    compressor.finish();
  }
  const Source source = decompress(from_text(stream), no_limit);
  std::vector<std::byte> buffer(1 << 20);
  std::uint64_t total = 0;
  EXPECT_THROW(while (const std::size_t count = source(buffer)) total += count, Error);
  EXPECT_LE(total, (1ULL << 30) + buffer.size());
}

}  // namespace
}  // namespace husk::archive
