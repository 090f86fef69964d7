#pragma once

#include "libcore/archive/stream.hpp"

namespace husk::archive {

/// One decoder. What it needs of the compressed stream it asks of the Source that it was made with.
class Decoder {
 public:
  virtual ~Decoder() = default;
  /// At least one byte of content, or 0 at the end of a stream that is whole. Throws on damage.
  virtual std::size_t read(std::span<std::byte> buffer) = 0;
};

std::unique_ptr<Decoder> make_gzip_decoder(Source stream);
std::unique_ptr<Decoder> make_zstd_decoder(Source stream);
std::unique_ptr<Decoder> make_bzip2_decoder(Source stream);
std::unique_ptr<Decoder> make_xz_decoder(Source stream);

}  // namespace husk::archive
