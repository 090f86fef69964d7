#pragma once

#include "libcore/build/build_log.hpp"
#include "libcore/build/engine.hpp"
#include "libcore/build/export_cache.hpp"
#include "libcore/build/imported_caches.hpp"
#include "libcore/oci/provenance.hpp"

#include <string>

namespace husk::build {

/// What a build gives for one platform.
struct PlatformImage {
  oci::Platform platform;
  oci::ImageConfig config;
  BuiltSteps steps;
  std::size_t base_layers = 0;  // how many of its layers are the base image's
  Materials materials = {};     // of all stages
  std::optional<oci::Provenance> provenance = {};  // where it is wanted: describe_builds()
};

/// What the builds for all platforms share.
struct BuildSite {
  const Session& session;
  const dockerfile::Dockerfile& file;
  Contexts& contexts;
  BaseImages& images;
  ImportedCaches& imported;
  Engine::Channel& channel;
  Interruption& interruption;
  BuildLog& log;
};

/// Builds the target for PLATFORMS, side by side; there is at least one. A step that is the same for several,
/// as those of a stage FROM --platform=$BUILDPLATFORM are, is made once.
std::vector<PlatformImage> build_platforms(BuildSite& site, const std::vector<oci::Platform>& platforms);

}  // namespace husk::build
