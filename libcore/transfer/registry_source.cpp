#include "libcore/transfer/image_source.hpp"

namespace husk::transfer {

RegistrySource::RegistrySource(registry::Http& http, registry::PullSource place,
                               const registry::ClientOptions& options)
    : client_(http, std::move(place), options) {}

oci::Verified RegistrySource::root() { return client_.get_manifest(); }
oci::Verified RegistrySource::document(const oci::Descriptor& descriptor) {
  return client_.get_document(descriptor);
}
oci::Verified RegistrySource::config(const oci::Descriptor& descriptor) {
  return client_.get_config(descriptor);
}

void RegistrySource::start_blob(const oci::Descriptor& blob, Sink sink, registry::Finished finished) {
  downloads_[blob.digest] = client_.start_download(blob, std::move(sink), std::move(finished));
}

void RegistrySource::resume(const oci::Digest& blob) { client_.resume(downloads_.at(blob)); }

}  // namespace husk::transfer
