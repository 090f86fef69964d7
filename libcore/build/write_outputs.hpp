#pragma once

#include "libcore/build/build_platforms.hpp"
#include "libcore/oci/image_config.hpp"
#include "libcore/store/images.hpp"

namespace husk::build {

/// What came out of a build.
struct Result {
  store::Tag image;      // of this machine's platform, else of the first; with the documents written last
  oci::Descriptor root;  // the manifest, or the index, that was written last: at a registry, in an archive
  std::vector<oci::Reference> names;
};

/// Writes the images of all platforms, as one with an index if there are several, to all places that OPTIONS
/// name: into the store if there is none.
Result write_outputs(const Session& session, const std::vector<PlatformImage>& images);

/// What `docker buildx build --metadata-file` writes.
std::string print_metadata(const Result& result, const oci::Platform& platform);

}  // namespace husk::build
