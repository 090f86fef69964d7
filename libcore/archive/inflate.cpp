#include "libcore/archive/inflate.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <isa-l.h>
#include <zstd.h>
#include <algorithm>
#include <limits>
#include <vector>

namespace husk::archive {
namespace {

constexpr int zstd_window_log = 27;  // 128 MiB, what `zstd -d` takes without --long

class GzipDecoder final : public Decoder {
 public:
  explicit GzipDecoder(Source stream) : stream_(std::move(stream)), input_(piece_size) { restart(); }

  std::size_t read(std::span<std::byte> buffer) override {
    const std::size_t room = std::min<std::size_t>(buffer.size(), std::numeric_limits<std::uint32_t>::max());
    state_->next_out = reinterpret_cast<std::uint8_t*>(buffer.data());
    state_->avail_out = static_cast<std::uint32_t>(room);
    while (state_->avail_out == room) {
      if (state_->block_state == ISAL_BLOCK_FINISH && !next_member()) return 0;
      if (state_->avail_in == 0) refill();
      inflate_some();
    }
    return room - state_->avail_out;
  }

 private:
  void restart() {
    isal_inflate_reset(state_.get());
    state_->crc_flag = ISAL_GZIP;  // the header is read and the checksum compared
  }

  void refill() {
    const std::size_t count = stream_(input_);
    ended_ = count == 0;
    state_->next_in = reinterpret_cast<std::uint8_t*>(input_.data());
    state_->avail_in = static_cast<std::uint32_t>(count);
  }

  void inflate_some() {
    const std::uint32_t had = state_->avail_in;
    const std::uint32_t room = state_->avail_out;
    const int result = isal_inflate(state_.get());
    if (result == ISAL_INCORRECT_CHECKSUM) throw Error("gzip stream is damaged: its checksum does not match");
    if (result != ISAL_DECOMP_OK && result != ISAL_END_INPUT && result != ISAL_OUT_OVERFLOW)
      throw Error("gzip stream is damaged");
    // Bytes that the decoder holds back may still come out after the input has ended.
    const bool stuck = state_->avail_in == had && state_->avail_out == room;
    if (ended_ && stuck && state_->block_state != ISAL_BLOCK_FINISH) throw Error("gzip stream is cut off");
  }

  // Members follow each other without a gap (RFC 1952, 2.2); pigz, bgzip and `cat a.gz b.gz` write them so.
  bool next_member() {
    if (state_->avail_in == 0) refill();
    if (ended_) return false;
    if (*state_->next_in != 0x1f) throw Error("gzip stream is followed by something else");
    std::uint8_t* const next_in = state_->next_in;
    const std::uint32_t avail_in = state_->avail_in;
    std::uint8_t* const next_out = state_->next_out;
    const std::uint32_t avail_out = state_->avail_out;
    restart();
    state_->next_in = next_in;
    state_->avail_in = avail_in;
    state_->next_out = next_out;
    state_->avail_out = avail_out;
    return true;
  }

  Source stream_;
  std::vector<std::byte> input_;
  bool ended_ = false;
  std::unique_ptr<inflate_state> state_ = std::make_unique<inflate_state>();
};

class ZstdDecoder final : public Decoder {
 public:
  explicit ZstdDecoder(Source stream) : stream_(std::move(stream)), buffer_(piece_size) {
    if (!context_) throw std::bad_alloc();
    (void)ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, zstd_window_log);
  }

  std::size_t read(std::span<std::byte> buffer) override {
    ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
    while (output.pos == 0) {
      // The rest of a block may still be in the decoder: ask it before reading on.
      const std::size_t before = input_.pos;
      const std::size_t rest = decompress(output);
      if (output.pos != 0 || input_.pos != before) {
        between_frames_ = rest == 0;
        continue;
      }
      const std::size_t count = stream_(buffer_);
      if (count == 0 && !between_frames_) throw Error("zstd stream is cut off");
      if (count == 0) return 0;
      input_ = {buffer_.data(), count, 0};
    }
    return output.pos;
  }

 private:
  std::size_t decompress(ZSTD_outBuffer& output) {
    if (between_frames_ && input_.pos == input_.size) return 0;
    const std::size_t rest = ZSTD_decompressStream(context_.get(), &output, &input_);
    if (ZSTD_isError(rest) != 0) throw Error(cat("zstd stream is damaged: ", ZSTD_getErrorName(rest)));
    return rest;
  }

  struct Free {
    void operator()(ZSTD_DCtx* context) const noexcept { (void)ZSTD_freeDCtx(context); }
  };

  Source stream_;
  std::vector<std::byte> buffer_;
  ZSTD_inBuffer input_{nullptr, 0, 0};
  bool between_frames_ = true;
  std::unique_ptr<ZSTD_DCtx, Free> context_{ZSTD_createDCtx()};
};

}  // namespace

std::unique_ptr<Decoder> make_gzip_decoder(Source stream) {
  return std::make_unique<GzipDecoder>(std::move(stream));
}

std::unique_ptr<Decoder> make_zstd_decoder(Source stream) {
  return std::make_unique<ZstdDecoder>(std::move(stream));
}

}  // namespace husk::archive
