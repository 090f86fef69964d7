#pragma once

#include "libcore/store/images.hpp"

#include <vector>

namespace husk::transfer {

/// The manifest of IMAGE with BLOBS as its layers, in the store: the bytes that it has already, where they
/// say the same.
oci::Verified pushed_document(const store::Lease& lease, const store::Tag& image, const oci::Manifest& old,
                              const std::vector<oci::Descriptor>& blobs);

/// Makes MANIFEST that of all names which IMAGE has here, so that the next push finds it at the registry at
/// once.
void keep_pushed(const store::Lease& lease, const store::Tag& image, const oci::Descriptor& manifest);

}  // namespace husk::transfer
