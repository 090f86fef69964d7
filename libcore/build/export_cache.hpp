#pragma once

#include "libcore/build/session.hpp"
#include "libcore/oci/build_cache.hpp"

#include <set>
#include <string>
#include <vector>

namespace husk::build {

/// The keys of the steps that the image was made with, and of all steps of the build; in order.
struct BuiltSteps {
  std::vector<std::string> image, all;
};

/// Carries out --cache-to for all places but the image itself.
void export_caches(const Session& session, const BuiltSteps& steps);

/// What --cache-to=type=inline adds to the annotations of the manifest of an image with these layers.
std::string inline_cache(const Session& session, const BuiltSteps& steps,
                         const std::vector<oci::Digest>& diff_ids);

}  // namespace husk::build
