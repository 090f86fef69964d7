#pragma once

#include "libcore/build/session.hpp"
#include "libcore/oci/image_config.hpp"
#include "libcore/store/images.hpp"

namespace husk::build {

/// What came out of a build.
struct Result {
  store::Tag image;  // with the manifest that was written last: at a registry or in an archive, else here
  std::vector<oci::Reference> names;
};

/// Writes the image to all places that OPTIONS name: into the store if there is none.
Result write_outputs(const Session& session, const oci::ImageConfig& config,
                     const store::Annotations& annotations);

/// What `docker buildx build --metadata-file` writes.
std::string print_metadata(const Result& result, const oci::Platform& platform);

}  // namespace husk::build
