#pragma once

#include "libcore/archive/stream.hpp"
#include "libcore/archive/tar_entry.hpp"

#include <memory>

namespace husk::archive {

/// Reads a tar stream (ustar, pax, gnu; nothing else, and no filter) by libarchive, entry by entry.
class TarReader {
 public:
  explicit TarReader(Source tar);
  TarReader(const TarReader&) = delete;
  ~TarReader();

  /// The next entry, valid until the next call; null at the end. Throws Error on a damaged header.
  const TarEntry* next();

  /// A piece of the content of the entry; false at its end. Between pieces there may be holes.
  struct Piece {
    std::span<const std::byte> bytes;
    std::int64_t offset = 0;
  };
  bool read(Piece& piece);

  /// Reads what stands behind the end of the archive, so that a hash of the stream is that of all of it.
  void drain();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace husk::archive
