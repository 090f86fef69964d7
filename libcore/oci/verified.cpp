#include "libcore/oci/verified.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

namespace husk::oci {

Verified Verified::check(std::string bytes, const Descriptor& expected) {
  if (bytes.size() != expected.size) {
    throw Error(cat("content has ", bytes.size(), " bytes instead of ", expected.size));
  }
  const Digest found = digest_of(as_bytes(bytes));
  if (found != expected.digest) {
    throw Error(cat("content has digest ", found.str(), " instead of ", expected.digest.str()));
  }
  return {std::move(bytes), expected};
}

Verified Verified::name(std::string bytes, std::string media_type) {
  Descriptor descriptor{
      .media_type = std::move(media_type), .digest = digest_of(as_bytes(bytes)), .size = bytes.size()};
  return {std::move(bytes), std::move(descriptor)};
}

}  // namespace husk::oci
