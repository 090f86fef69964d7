#include "libcore/store/attestations.hpp"

#include "libcore/base/error.hpp"
#include "libcore/store/blobs.hpp"

namespace husk::store {
namespace {

std::optional<oci::Digest> find_missing(const Store& store, const oci::Manifest& manifest) {
  if (!find_blob(store, manifest.config.digest)) return manifest.config.digest;
  for (const oci::Descriptor& layer : manifest.layers) {
    if (!find_blob(store, layer.digest)) return layer.digest;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Attestation> list_attestations(const Store& store, const Tag& tag) {
  std::vector<Attestation> found;
  if (!tag.index || !find_blob(store, tag.index->digest)) return found;
  const oci::Index index = oci::parse_index(read_document(store, *tag.index));
  for (const oci::Descriptor& entry : index.manifests) {
    if (!oci::is_attestation(entry) || !oci::is_manifest_media_type(entry.media_type) ||
        !find_blob(store, entry.digest))
      continue;
    try {
      oci::Manifest manifest = oci::parse_manifest(read_document(store, entry));
      auto missing = find_missing(store, manifest);
      found.push_back({entry, std::move(manifest), std::move(missing)});
    } catch (const Error&) {
      // An index may name anything as one, also what is here as something else.
    }
  }
  return found;
}

oci::Descriptor write_attestation(const Lease& lease, const oci::Digest& subject,
                                  std::vector<oci::Descriptor> statements) {
  oci::Descriptor config =
      write_blob(lease, oci::print_attestation_config(statements), oci::media_type::config);
  const oci::Manifest manifest{
      .media_type = oci::media_type::manifest, .config = std::move(config), .layers = std::move(statements)};
  return oci::attestation_entry(write_blob(lease, oci::print_manifest(manifest), manifest.media_type),
                                subject);
}

}  // namespace husk::store
