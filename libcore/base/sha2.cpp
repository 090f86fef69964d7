#include "libcore/base/sha2.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sha256.hpp"

// As in sha256.cpp, not by EVP.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <unistd.h>
#include <array>
#include <vector>

namespace husk {
namespace {

// SHA-384 is SHA-512 with another beginning, and cut off. The functions return 1, whatever happens.
class LongHash {
 public:
  explicit LongHash(Sha2 algorithm) {
    (void)(algorithm == Sha2::sha384 ? SHA384_Init(&context_) : SHA512_Init(&context_));
  }
  void update(std::span<const std::byte> bytes) {
    (void)SHA512_Update(&context_, bytes.data(), bytes.size());
  }
  std::array<std::byte, SHA512_DIGEST_LENGTH> finish() {
    std::array<std::byte, SHA512_DIGEST_LENGTH> value{};
    (void)SHA512_Final(reinterpret_cast<unsigned char*>(value.data()), &context_);
    return value;
  }

 private:
  SHA512_CTX context_{};
};

template <class Hash>
std::string hash_rest(Hash hash, Sha2 algorithm, int fd) {
  read_pieces(fd, [&](std::span<const std::byte> piece) { hash.update(piece); });
  const auto value = hash.finish();
  return to_hex(std::span(value).first(hash_size(algorithm)));
}

}  // namespace

std::size_t hash_size(Sha2 algorithm) {
  switch (algorithm) {
    case Sha2::sha256: return SHA256_DIGEST_LENGTH;
    case Sha2::sha384: return SHA384_DIGEST_LENGTH;
    case Sha2::sha512: return SHA512_DIGEST_LENGTH;
  }
  return 0;
}

std::string hash_file(Sha2 algorithm, int fd, const std::string& name) {
  if (::lseek(fd, 0, SEEK_SET) != 0) throw_errno("read ", quote(name));
  return algorithm == Sha2::sha256 ? hash_rest(Sha256(), algorithm, fd)
                                   : hash_rest(LongHash(algorithm), algorithm, fd);
}

}  // namespace husk
