#pragma once

#include "libcore/base/sha2.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace husk::build {

/// What ADD --checksum says that a file is: "sha256:HEX", "sha384:HEX" or "sha512:HEX". (An oci::Digest is
/// the name of a blob in the store, and of SHA-256 alone.)
class Checksum {
 public:
  static std::optional<Checksum> parse(std::string_view text);

  Sha2 algorithm() const noexcept { return algorithm_; }
  const std::string& str() const noexcept { return text_; }
  std::string_view hex() const noexcept;

  friend bool operator==(const Checksum&, const Checksum&) = default;

 private:
  Checksum(Sha2 algorithm, std::string_view text) : algorithm_(algorithm), text_(text) {}
  Sha2 algorithm_;
  std::string text_;
};

}  // namespace husk::build
