#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace husk::oci {

/// The name of a blob: "sha256:" and 64 lower-case hexadecimal digits, as in the
/// OCI image-spec, descriptor.md. There is no invalid Digest, so whoever is given
/// one need not check it: in particular, it is safe as a file name.
class Digest {
 public:
  static std::optional<Digest> parse(std::string_view text);
  static Digest of_sha256(const std::array<std::byte, 32>& hash);

  const std::string& str() const noexcept { return text_; }
  std::string_view hex() const noexcept { return std::string_view(text_).substr(7); }

  friend auto operator<=>(const Digest&, const Digest&) = default;

 private:
  explicit Digest(std::string_view text) : text_(text) {}
  std::string text_;
};

/// The digest of BYTES.
Digest digest_of(std::span<const std::byte> bytes);

}  // namespace husk::oci
