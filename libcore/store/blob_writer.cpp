#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sha256.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/blobs.hpp"

#include <fcntl.h>

namespace husk::store {

struct BlobWriter::State {
  Fd directory;
  Fd file;
  std::optional<oci::Descriptor> expected;
  Sha256 hash;
  std::uint64_t size = 0;
  bool whole = true;  // no write failed
};

BlobWriter::BlobWriter(const Lease& lease, std::optional<oci::Descriptor> expected)
    : state_(std::make_unique<State>()) {
  state_->directory = lease.store().open_directory("blobs/sha256");
  state_->file = sys::create_at(state_->directory.get(), ".", O_TMPFILE | O_WRONLY, 0400);
  state_->expected = std::move(expected);
  sys::reached("blob.opened");
}

BlobWriter::BlobWriter(BlobWriter&&) noexcept = default;
BlobWriter::~BlobWriter() = default;

void BlobWriter::write(std::span<const std::byte> bytes) {
  State& state = *state_;
  state.size += bytes.size();
  if (state.expected && state.size > state.expected->size) {
    throw Error(cat("blob ", state.expected->digest.str(), " has more than the ", state.expected->size,
                    " bytes that it should have"));
  }
  state.whole = false;
  sys::write_all(state.file.get(), as_text(bytes), "blob");
  state.whole = true;
  state.hash.update(bytes);
}

std::uint64_t BlobWriter::size() const noexcept { return state_->size; }

oci::Digest BlobWriter::commit() {
  State& state = *state_;
  const auto& expected = state.expected;
  if (!state.whole) throw Error("a blob that could not be written whole is given up");
  if (expected && state.size != expected->size) {
    throw Error(
        cat("blob ", expected->digest.str(), " has ", state.size, " bytes instead of ", expected->size));
  }
  oci::Digest digest = oci::Digest::of_sha256(state.hash.finish());
  if (expected && digest != expected->digest) {
    throw Error(cat("blob has digest ", digest.str(), " instead of ", expected->digest.str()));
  }
  const std::string name(digest.hex());
  sys::sync_data(state.file.get(), digest.str());
  sys::reached("blob.before_link");
  (void)sys::try_link_file(state.file.get(), state.directory.get(), name);  // false: it is there already
  sys::reached("blob.linked");
  // Also if another process linked it: that one may not have got this far.
  sys::sync_all(state.directory.get(), "blobs/sha256");
  sys::reached("blob.durable");
  return digest;
}

oci::Descriptor write_blob(const Lease& lease, std::string_view bytes, std::string media_type) {
  oci::Descriptor descriptor{
      .media_type = std::move(media_type), .digest = oci::digest_of(as_bytes(bytes)), .size = bytes.size()};
  // Whoever linked it made it durable before that, and its name too before it relied on it.
  if (find_blob(lease.store(), descriptor.digest)) return descriptor;
  BlobWriter writer(lease, descriptor);
  writer.write(as_bytes(bytes));
  (void)writer.commit();
  return descriptor;
}

}  // namespace husk::store
