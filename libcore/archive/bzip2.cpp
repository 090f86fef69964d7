#include "libcore/archive/inflate.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <bzlib.h>
#include <algorithm>
#include <limits>
#include <new>
#include <vector>

namespace husk::archive {
namespace {

class Bzip2Decoder final : public Decoder {
 public:
  explicit Bzip2Decoder(Source stream) : stream_(std::move(stream)), input_(piece_size) { start(); }
  Bzip2Decoder(const Bzip2Decoder&) = delete;
  ~Bzip2Decoder() override { (void)BZ2_bzDecompressEnd(&state_); }

  std::size_t read(std::span<std::byte> buffer) override {
    const auto room =
        static_cast<unsigned>(std::min<std::size_t>(buffer.size(), std::numeric_limits<unsigned>::max()));
    state_.next_out = reinterpret_cast<char*>(buffer.data());
    state_.avail_out = room;
    while (state_.avail_out == room) {
      // Output may be waiting in the decoder when the input has ended.
      const unsigned had = state_.avail_in;
      if (had > 0 || !between_streams_) decompress();
      if (state_.avail_out != room || state_.avail_in != had) continue;
      if (state_.avail_in == 0) refill();
      if (ended_ && between_streams_) return 0;
      if (ended_) throw Error("bzip2 stream is cut off");
    }
    return room - state_.avail_out;
  }

 private:
  void start() {
    if (BZ2_bzDecompressInit(&state_, 0, 0) != BZ_OK) throw std::bad_alloc();
    between_streams_ = true;
  }

  void refill() {
    const std::size_t count = stream_(input_);
    ended_ = count == 0;
    state_.next_in = reinterpret_cast<char*>(input_.data());
    state_.avail_in = static_cast<unsigned>(count);
  }

  void decompress() {
    between_streams_ = false;
    const int result = BZ2_bzDecompress(&state_);
    if (result == BZ_MEM_ERROR) throw std::bad_alloc();
    if (result != BZ_OK && result != BZ_STREAM_END) throw Error("bzip2 stream is damaged");
    if (result != BZ_STREAM_END) return;
    // Streams follow each other: pbzip2 and `cat a.bz2 b.bz2` write them so.
    const bz_stream done = state_;
    (void)BZ2_bzDecompressEnd(&state_);
    start();
    state_.next_in = done.next_in;
    state_.avail_in = done.avail_in;
    state_.next_out = done.next_out;
    state_.avail_out = done.avail_out;
  }

  Source stream_;
  std::vector<std::byte> input_;
  bool ended_ = false;
  bool between_streams_ = true;
  bz_stream state_{};
};

}  // namespace

std::unique_ptr<Decoder> make_bzip2_decoder(Source stream) {
  return std::make_unique<Bzip2Decoder>(std::move(stream));
}

}  // namespace husk::archive
