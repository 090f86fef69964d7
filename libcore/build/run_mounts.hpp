#pragma once

#include "libcore/build/copy_step.hpp"
#include "libcore/build/image_state.hpp"
#include "libcore/build/step_key.hpp"
#include "libcore/dockerfile/run_mount.hpp"

#include <optional>
#include <string>
#include <vector>

namespace husk::build {

/// A mount of a RUN.
struct MountOrder {
  dockerfile::RunMount mount;  // with absolute target and source
  std::optional<CopySource> source =
      {};                    // bind: what is shown; cache: what it starts with, if that is something
  std::string content = {};  // the digest of SOURCE
};

/// The mounts of RUN after variables have been put in. Throws SyntaxError.
std::vector<MountOrder> plan_run_mounts(const dockerfile::Run& run, const Scope& scope,
                                        const ImageState& state, const Variables& build_arguments);

/// What a bind mount shows, as a COPY of the same would be looked at.
CopyStep as_copy(const MountOrder& order);

/// Neither the id of a cache, nor its content, nor the value of a secret decides whether a step is made
/// again.
void add_to_key(StepKey& key, const MountOrder& order);

/// What a cache of that id, owner and source starts with: the variant of its store::CacheMountKey.
std::string cache_variant(const MountOrder& order);

}  // namespace husk::build
