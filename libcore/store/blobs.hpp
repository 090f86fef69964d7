#pragma once

#include "libcore/oci/verified.hpp"
#include "libcore/store/lease.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace husk::store {

/// blobs/sha256/<hex>, 0400, immutable: manifests, configurations, compressed layers.

/// An open blob, or nothing if it is not there.
std::optional<Fd> find_blob(const Store& store, const oci::Digest& digest);

/// A small blob as a document. Throws Error "blob … is missing" with a hint to run husk-fsck.
oci::Verified read_document(const Store& store, const oci::Descriptor& descriptor);

/// Puts one blob into the store. Nobody sees it before commit() returns, and nobody ever sees half of it: it is written
/// to an unnamed file (O_TMPFILE) that gets its name last. Without commit() nothing was done.
class BlobWriter {
 public:
  /// What is written must have the EXPECTED digest and size, if they are given.
  BlobWriter(const Lease& lease, std::optional<oci::Descriptor> expected);
  BlobWriter(BlobWriter&&) noexcept;
  ~BlobWriter();

  void write(std::span<const std::byte> bytes);
  std::uint64_t size() const noexcept;  // written so far

  /// Makes the blob durable and visible, and returns its digest. That it is there already is fine. Throws if a write()
  /// failed before.
  oci::Digest commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Writes a whole document; returns its descriptor.
oci::Descriptor write_blob(const Lease& lease, std::string_view bytes, std::string media_type);

}  // namespace husk::store
