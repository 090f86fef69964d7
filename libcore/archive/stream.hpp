#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace husk::archive {

/// Where bytes come from: fills the buffer, or a part of it, and returns how many bytes that was; 0 at the
/// end.
using Source = std::function<std::size_t(std::span<std::byte>)>;

/// Where bytes go. Throws if they can't.
using Sink = std::function<void(std::span<const std::byte>)>;

enum class Compression : std::uint8_t { none, gzip, zstd };

Source read_from(int fd);
Sink write_to(int fd);

/// The content of STREAM, decompressed: none, gzip (ISA-L, any number of members) or zstd (window at most 128
/// MiB), told apart by the first bytes. Anything else is passed on as it is. Throws on a damaged or truncated
/// stream and as soon as the content is larger than LIMIT bytes, or more than 1000 times its compressed size
/// after the first GiB.
Source decompress(Source stream, std::uint64_t limit);

/// Writes the content compressed, deterministically: the same bytes give the same stream. finish() writes
/// what is left; without it the stream is incomplete.
class Compressor {
 public:
  Compressor(Compression kind, Sink out);
  Compressor(const Compressor&) = delete;
  ~Compressor();
  void write(std::span<const std::byte> bytes);
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace husk::archive
