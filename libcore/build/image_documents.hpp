#pragma once

#include "libcore/build/build_platforms.hpp"
#include "libcore/store/images.hpp"

#include <vector>

namespace husk::build {

/// Writes configurations and manifests of the images into the store, with what --annotation and
/// --cache-to=type=inline add, and an index of several, or of one and its provenance, which calls it by all
/// NAMES. Returns the one for this machine, else the first, to be given a name.
store::Tag write_documents(const Session& session, const std::vector<PlatformImage>& images,
                           const std::vector<oci::Reference>& names);

}  // namespace husk::build
