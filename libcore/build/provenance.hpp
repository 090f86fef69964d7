#pragma once

#include "libcore/base/time.hpp"
#include "libcore/build/build_platforms.hpp"
#include "libcore/oci/attestation.hpp"

#include <string>
#include <vector>

namespace husk::build {

/// Fills in how each image was made: all were begun at the time BEGAN and have just been finished. With
/// SOURCE_DATE_EPOCH nothing in it depends on when and how often that is done.
void describe_builds(const BuildSite& site, std::vector<PlatformImage>& images, Time began);

/// The statement that an image's provenance makes about SUBJECTS.
oci::Statement make_statement(const ProvenanceOption& option, const oci::Provenance& provenance,
                              std::vector<oci::Statement::Subject> subjects);

/// What an image is called in statements: a package URL for each of NAMES, "_" if it has none.
std::vector<oci::Statement::Subject> subjects_of(const std::vector<oci::Reference>& names,
                                                 const oci::Platform& platform, const oci::Digest& manifest);

}  // namespace husk::build
