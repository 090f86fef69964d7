#pragma once

#include "libcore/build/session.hpp"
#include "libcore/oci/attestation.hpp"
#include "libcore/oci/image_config.hpp"

#include <vector>

namespace husk::build {

/// The path and the digest of each file of an image, all layers merged; sorted by path. A hard link is the
/// file that it is.
std::vector<oci::Statement::Subject> digest_root_files(const Session& session,
                                                       const oci::ImageConfig& config);

}  // namespace husk::build
