#include "libcore/archive/stream.hpp"

#include "tests/unit/archive/decompressed.hpp"

#include "tests/unit/archive/sandbox.hpp"
#include "tests/unit/archive/some_text.hpp"

#include <bzlib.h>
#include <lzma.h>

// bzip2 and xz, which are read for ADD and build contexts and never written.
namespace husk::archive {
namespace {

std::string bzip2(std::string text) {
  std::string out(text.size() + text.size() / 50 + 1000, '\0');
  auto size = static_cast<unsigned>(out.size());
  EXPECT_EQ(
      BZ2_bzBuffToBuffCompress(out.data(), &size, text.data(), static_cast<unsigned>(text.size()), 1, 0, 0),
      BZ_OK);
  out.resize(size);
  return out;
}

std::string xz(const std::string& text, std::uint32_t preset = 1) {
  std::string out(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(preset, LZMA_CHECK_CRC64, nullptr,
                                    reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                    reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size()),
            LZMA_OK);
  out.resize(size);
  return out;
}

std::string decoded(const std::string& stream, std::size_t piece = 100'000, std::size_t room = 65536) {
  return read_everything(decompress(from_text(stream, piece), no_limit, Formats::any), room);
}

using Encode = std::string (*)(std::string);
class OtherFormats : public ::testing::TestWithParam<Encode> {};

TEST_P(OtherFormats, come_back_as_they_were) {
  for (const std::size_t size : {0U, 1U, 511U, 65536U, 2'500'000U}) {
    const std::string text = some_text(size);
    const std::string stream = GetParam()(text);
    EXPECT_EQ(decoded(stream), text) << size;
    EXPECT_EQ(decoded(stream, 7), text) << size;
    EXPECT_EQ(decoded(stream, 4096, 100), text) << size;
  }
  EXPECT_EQ(decoded(GetParam()(std::string(5'000'000, 'x')), 100'000, 1000), std::string(5'000'000, 'x'));
}

TEST_P(OtherFormats, follow_each_other) {
  const std::string stream = GetParam()("one ") + GetParam()("") + GetParam()("two");
  EXPECT_EQ(decoded(stream), "one two");
  EXPECT_EQ(decoded(stream, 1), "one two");
}

TEST_P(OtherFormats, that_are_cut_off_or_damaged_are_errors) {
  const std::string stream = GetParam()(some_text(50'000));
  for (std::size_t size = 6; size < stream.size(); size += 1 + stream.size() / 200)
    EXPECT_THROW(decoded(stream.substr(0, size)), Error) << size;
  for (std::size_t at = 6; at < stream.size(); at += 1 + stream.size() / 200) {
    std::string damaged = stream;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    EXPECT_THROW(decoded(damaged), Error) << at;
  }
  EXPECT_THROW(decoded(stream + "trailing"), Error);
}

TEST_P(OtherFormats, are_no_layers) {
  const std::string stream = GetParam()("text");
  std::string text;
  std::vector<std::byte> buffer(1000);
  const Source source = decompress(from_text(stream), no_limit);
  while (const std::size_t count = source(buffer)) text += as_text(std::span(buffer).first(count));
  EXPECT_EQ(text, stream);
}

INSTANTIATE_TEST_SUITE_P(All, OtherFormats,
                         ::testing::Values(Encode{bzip2}, Encode{[](std::string text) { return xz(text); }}));

TEST(Xz, that_wants_too_much_memory_is_an_error) {
  lzma_options_lzma options{};
  ASSERT_FALSE(lzma_lzma_preset(&options, 0));
  options.dict_size = 512U << 20;
  const std::array<lzma_filter, 2> filters = {{{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}}};
  lzma_stream encoder = LZMA_STREAM_INIT;
  ASSERT_EQ(lzma_stream_encoder(&encoder, filters.data(), LZMA_CHECK_NONE), LZMA_OK);
  std::string out(4096, '\0');
  const std::string text = "text";
  encoder.next_in = reinterpret_cast<const std::uint8_t*>(text.data());
  encoder.avail_in = text.size();
  encoder.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  encoder.avail_out = out.size();
  ASSERT_EQ(lzma_code(&encoder, LZMA_FINISH), LZMA_STREAM_END);
  out.resize(out.size() - encoder.avail_out);
  lzma_end(&encoder);
  EXPECT_THROW(decoded(out), Error);
}

}  // namespace
}  // namespace husk::archive
