#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace husk {

/// The hashes of the SHA-2 family that are in use.
enum class Sha2 : std::uint8_t { sha256, sha384, sha512 };

/// How many bytes a hash has.
std::size_t hash_size(Sha2 algorithm);

/// The hash of what is in the file FD from its beginning on, in lower-case hexadecimal digits. NAME is for
/// messages.
std::string hash_file(Sha2 algorithm, int fd, const std::string& name);

}  // namespace husk
