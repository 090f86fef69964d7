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

/// What may be compressed how. layers: gzip and zstd, as OCI image-spec, layer.md has it. any: bzip2 and xz,
/// too, as docker's ADD and build contexts.
enum class Formats : std::uint8_t { layers, any };

/// The content of STREAM, decompressed: none, gzip (ISA-L, any number of members), zstd (window at most 128
/// MiB), bzip2 or xz (at most 128 MiB of memory), told apart by the first bytes. Anything else is passed on as
/// it is. Throws on a damaged or truncated stream and as soon as the content is larger than LIMIT bytes, or
/// more than 1000 times its compressed size after the first GiB.
Source decompress(Source stream, std::uint64_t limit, Formats formats = Formats::layers);

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
