#pragma once

#include "libcore/oci/attestation.hpp"
#include "libcore/store/images.hpp"

#include <optional>
#include <string>
#include <vector>

namespace husk::store {

/// A manifest of an index that says something about one of the index's images.
struct Attestation {
  oci::Descriptor entry;  // in the index
  oci::Manifest manifest;
  std::optional<oci::Digest> missing = {};  // a blob that it needs and that is not here
};

/// Those of TAG's index whose manifests are here. One that is here because of the index alone is no garbage
/// while the tag is there. What the index calls one and is none is left out.
std::vector<Attestation> list_attestations(const Store& store, const Tag& tag);

/// Writes an attestation about the manifest SUBJECT, whose STATEMENTS are layers with their blobs in the
/// store. Returns the entry for an index.
oci::Descriptor write_attestation(const Lease& lease, const oci::Digest& subject,
                                  std::vector<oci::Descriptor> statements);

}  // namespace husk::store
