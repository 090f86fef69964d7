#pragma once

#include "libcore/oci/descriptor.hpp"

#include <string>

namespace husk::oci {

/// A document from outside whose size and digest were checked, in that order. The parsers take nothing else,
/// so that nobody can parse what nobody checked (reference: OCI image-spec, descriptor.md, Verification).
class Verified {
 public:
  /// Throws Error "content has digest … instead of …" or "content has … bytes instead of …".
  static Verified check(std::string bytes, const Descriptor& expected);

  /// For what a tag names, where no digest is known: TRUSTED gives it its name. The media type is what the
  /// server said.
  static Verified name(std::string bytes, std::string media_type);

  /// For a document read back from our own store, where it is immutable and was checked when it was written.
  static Verified from_store(std::string bytes, Descriptor descriptor);

  const std::string& bytes() const noexcept { return bytes_; }
  const Descriptor& descriptor() const noexcept { return descriptor_; }

 private:
  Verified(std::string bytes, Descriptor descriptor)
      : bytes_(std::move(bytes)), descriptor_(std::move(descriptor)) {}
  std::string bytes_;
  Descriptor descriptor_;
};

}  // namespace husk::oci
