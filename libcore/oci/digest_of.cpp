#include "libcore/oci/digest.hpp"

#include "libcore/base/sha256.hpp"

// Apart from digest.cpp: a program that only names blobs needs no hash, and is not linked with OpenSSL.
namespace husk::oci {

Digest Digest::of_sha256(const std::array<std::byte, 32>& hash) { return Digest("sha256:" + to_hex(hash)); }

Digest digest_of(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.update(bytes);
  return Digest::of_sha256(hash.finish());
}

}  // namespace husk::oci
