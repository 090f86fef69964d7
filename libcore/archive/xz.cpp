#include "libcore/archive/inflate.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <lzma.h>
#include <new>
#include <vector>

namespace husk::archive {
namespace {

// `xz -9` needs 65 MiB to decompress.
constexpr std::uint64_t max_memory = 128 << 20;

class XzDecoder final : public Decoder {
 public:
  explicit XzDecoder(Source stream) : stream_(std::move(stream)), input_(piece_size) {
    if (lzma_stream_decoder(&state_, max_memory, LZMA_CONCATENATED) != LZMA_OK) throw std::bad_alloc();
  }
  XzDecoder(const XzDecoder&) = delete;
  ~XzDecoder() override { lzma_end(&state_); }

  std::size_t read(std::span<std::byte> buffer) override {
    if (ended_) return 0;
    state_.next_out = reinterpret_cast<std::uint8_t*>(buffer.data());
    state_.avail_out = buffer.size();
    while (state_.avail_out == buffer.size() && !ended_) {
      if (state_.avail_in == 0 && action_ == LZMA_RUN) refill();
      check(lzma_code(&state_, action_));
    }
    return buffer.size() - state_.avail_out;
  }

 private:
  void refill() {
    const std::size_t count = stream_(input_);
    if (count == 0) action_ = LZMA_FINISH;
    state_.next_in = reinterpret_cast<const std::uint8_t*>(input_.data());
    state_.avail_in = count;
  }

  void check(lzma_ret result) {
    if (result == LZMA_OK) return;
    if (result == LZMA_MEM_ERROR) throw std::bad_alloc();
    if (result == LZMA_MEMLIMIT_ERROR)
      throw Error(cat("xz stream needs more than ", max_memory >> 20, " MiB of memory"));
    if (result == LZMA_BUF_ERROR) throw Error("xz stream is cut off");
    if (result != LZMA_STREAM_END) throw Error("xz stream is damaged");
    ended_ = true;
  }

  Source stream_;
  std::vector<std::byte> input_;
  bool ended_ = false;
  lzma_action action_ = LZMA_RUN;
  lzma_stream state_ = LZMA_STREAM_INIT;
};

}  // namespace

std::unique_ptr<Decoder> make_xz_decoder(Source stream) {
  return std::make_unique<XzDecoder>(std::move(stream));
}

}  // namespace husk::archive
