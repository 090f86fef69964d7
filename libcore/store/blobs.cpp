#include "libcore/store/blobs.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace husk::store {

std::optional<Fd> find_blob(const Store& store, const oci::Digest& digest) {
  const std::string name = cat("blobs/sha256/", digest.hex());
  Fd file(::openat(store.directory(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) throw_errno("open blob ", digest.str());
  return file;
}

oci::Verified read_document(const Store& store, const oci::Descriptor& descriptor) {
  const auto file = find_blob(store, descriptor.digest);
  if (!file) {
    Error error(cat("blob ", descriptor.digest.str(), " is missing"));
    error.set_hint("husk-fsck tells what else is wrong; husk-pull may bring it back");
    throw error;
  }
  constexpr std::size_t largest = 8 << 20;  // twice what a manifest or a configuration may have
  std::string bytes = read_all(file->get(), largest, descriptor.digest.str());
  if (descriptor.size != 0 && bytes.size() != descriptor.size) {
    Error error(
        cat("blob ", descriptor.digest.str(), " has ", bytes.size(), " bytes instead of ", descriptor.size));
    error.set_hint("husk-fsck --full --repair puts damaged files aside");
    throw error;
  }
  return oci::Verified::from_store(std::move(bytes), descriptor);
}

}  // namespace husk::store
