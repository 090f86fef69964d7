#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace husk {

/// A running SHA-256 (OpenSSL's, with the processor's own instructions where it has them).
class Sha256 {
 public:
  using Value = std::array<std::byte, 32>;

  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void update(std::span<const std::byte> bytes);

  /// The hash of all that was given; nothing may follow.
  Value finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Lower-case hexadecimal digits.
std::string to_hex(std::span<const std::byte> bytes);

/// The hash of BYTES in lower-case hexadecimal digits.
std::string sha256_hex(std::span<const std::byte> bytes);

}  // namespace husk
