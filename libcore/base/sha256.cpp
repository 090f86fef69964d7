#include "libcore/base/sha256.hpp"

// SHA256_Init() and its like are called deprecated since OpenSSL 3.0 in favour of EVP_DigestInit(). They are
// the same code, but EVP first reads openssl.cnf, looks for providers and fetches its algorithm, and what it
// needs for that can't be linked in: 2 ms before the first byte, twice what all else takes in a program that
// reads a small file.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

namespace husk {

struct Sha256::Context {
  SHA256_CTX sha{};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) { (void)SHA256_Init(&context_->sha); }
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

// They return 1, whatever happens (SHA256_Init(3)).
void Sha256::update(std::span<const std::byte> bytes) {
  (void)SHA256_Update(&context_->sha, bytes.data(), bytes.size());
}

Sha256::Value Sha256::finish() {
  Value value{};
  (void)SHA256_Final(reinterpret_cast<unsigned char*>(value.data()), &context_->sha);
  return value;
}

std::string to_hex(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    text += digits[std::to_integer<std::size_t>(byte >> 4)];
    text += digits[std::to_integer<std::size_t>(byte & std::byte{0xf})];
  }
  return text;
}

std::string sha256_hex(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.update(bytes);
  return to_hex(hash.finish());
}

}  // namespace husk
