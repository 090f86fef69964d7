#include "libcore/archive/stream.hpp"
#include "libcore/base/error.hpp"

#include <isa-l.h>
#include <zstd.h>
#include <algorithm>
#include <vector>

namespace husk::archive {
namespace {

// Both encoders get their input in pieces of this size, whatever the caller's are: what they write may depend
// on it.
constexpr std::size_t piece_size = std::size_t{1} << 20;
constexpr std::size_t output_size = std::size_t{256} << 10;
constexpr std::uint32_t gzip_level = 3;  // ISA-L's smallest
constexpr int zstd_level = 3;

enum class Piece : std::uint8_t { middle, last };

struct Encoder {
  explicit Encoder(Sink sink) : out(std::move(sink)) {}
  virtual ~Encoder() = default;
  Encoder(const Encoder&) = delete;
  virtual void encode(std::span<const std::byte> bytes, Piece piece) = 0;

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      // Not when it is just full: the last piece must be known as such.
      if (pending.size() == piece_size) {
        encode(pending, Piece::middle);
        pending.clear();
      }
      const auto part = bytes.first(std::min(bytes.size(), piece_size - pending.size()));
      pending.insert(pending.end(), part.begin(), part.end());
      bytes = bytes.subspan(part.size());
    }
  }

  Sink out;
  std::vector<std::byte> pending;
  std::vector<std::byte> output = std::vector<std::byte>(output_size);
};

struct Plain final : Encoder {
  using Encoder::Encoder;
  void encode(std::span<const std::byte> bytes, Piece) override {
    if (!bytes.empty()) out(bytes);
  }
};

struct Gzip final : Encoder {
  explicit Gzip(Sink sink) : Encoder(std::move(sink)), level_buffer(ISAL_DEF_LVL3_SMALL) {
    isal_deflate_init(stream.get());
    stream->gzip_flag = IGZIP_GZIP;  // header without name and time: deterministic
    stream->level = gzip_level;
    stream->level_buf = level_buffer.data();
    stream->level_buf_size = static_cast<std::uint32_t>(level_buffer.size());
  }

  void encode(std::span<const std::byte> bytes, Piece piece) override {
    // The interface is not const-correct; the input is only read.
    stream->next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(bytes.data()));
    stream->avail_in = static_cast<std::uint32_t>(bytes.size());
    stream->end_of_stream = piece == Piece::last;
    do {
      stream->next_out = reinterpret_cast<std::uint8_t*>(output.data());
      stream->avail_out = static_cast<std::uint32_t>(output.size());
      if (isal_deflate(stream.get()) != COMP_OK) throw Error("gzip compression failed");
      const std::size_t count = output.size() - stream->avail_out;
      if (count > 0) out(std::span(output).first(count));
    } while (stream->avail_out == 0 || (piece == Piece::last && stream->internal_state.state != ZSTATE_END));
  }

  std::vector<std::uint8_t> level_buffer;
  std::unique_ptr<isal_zstream> stream = std::make_unique<isal_zstream>();
};

struct Zstd final : Encoder {
  explicit Zstd(Sink sink) : Encoder(std::move(sink)) {
    if (!context) throw std::bad_alloc();
    (void)ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, zstd_level);
    (void)ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  }

  void encode(std::span<const std::byte> bytes, Piece piece) override {
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    const ZSTD_EndDirective directive = piece == Piece::last ? ZSTD_e_end : ZSTD_e_continue;
    for (;;) {
      ZSTD_outBuffer buffer{output.data(), output.size(), 0};
      const std::size_t rest = ZSTD_compressStream2(context.get(), &buffer, &input, directive);
      if (ZSTD_isError(rest) != 0) throw Error(cat("zstd compression failed: ", ZSTD_getErrorName(rest)));
      if (buffer.pos > 0) out(std::span(output).first(buffer.pos));
      if (piece == Piece::last ? rest == 0 : input.pos == input.size) return;
    }
  }

  struct Free {
    void operator()(ZSTD_CCtx* freed) const noexcept { (void)ZSTD_freeCCtx(freed); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> context{ZSTD_createCCtx()};
};

std::unique_ptr<Encoder> make_encoder(Compression kind, Sink out) {
  switch (kind) {
    case Compression::none: return std::make_unique<Plain>(std::move(out));
    case Compression::gzip: return std::make_unique<Gzip>(std::move(out));
    case Compression::zstd: return std::make_unique<Zstd>(std::move(out));
  }
  throw Error("no such compression");
}

}  // namespace

struct Compressor::State {
  std::unique_ptr<Encoder> encoder;
};

Compressor::Compressor(Compression kind, Sink out)
    : state_(std::make_unique<State>(State{make_encoder(kind, std::move(out))})) {}

Compressor::~Compressor() = default;

void Compressor::write(std::span<const std::byte> bytes) { state_->encoder->write(bytes); }

void Compressor::finish() {
  Encoder& encoder = *state_->encoder;
  encoder.encode(encoder.pending, Piece::last);
  encoder.pending.clear();
}

}  // namespace husk::archive
