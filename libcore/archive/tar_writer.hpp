#pragma once

#include "libcore/archive/stream.hpp"
#include "libcore/archive/tar_entry.hpp"

#include <memory>

namespace husk::archive {

/// Writes a pax tar stream by libarchive: a ustar header, and a pax header before it only where something
/// does not fit (fractions of a second, long or large values, xattrs). Names are bytes. The same entries give
/// the same stream.
class TarWriter {
 public:
  explicit TarWriter(Sink out);
  TarWriter(const TarWriter&) = delete;
  ~TarWriter();

  /// Then exactly ENTRY.size bytes of content; what is missing is filled up with zeros.
  void begin(const TarEntry& entry);
  /// More than the entry's size is dropped.
  void write(std::span<const std::byte> bytes);
  enum class End : std::uint8_t {
    archive,  // two blocks of zeros, as POSIX has it
    none,     // what another writer gives the same sink continues the archive
  };
  /// Without it the stream is incomplete.
  void finish(End end = End::archive);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace husk::archive
