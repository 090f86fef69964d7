#pragma once

#include "libcore/build/session.hpp"
#include "libcore/dockerfile/dockerfile.hpp"
#include "libcore/oci/image_config.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace husk::build {

/// Of each stage: the first instruction after a line "# husk: squash". Throws Error with the place of one
/// that is in no stage.
std::vector<std::optional<std::size_t>> find_squash_marks(const dockerfile::Dockerfile& file);

/// Makes one layer of all but the first KEPT layers of an image. It is in the store's cache, so the same
/// layers are squashed once. In the history the last step that changed files has the layer, and the others
/// none.
void squash(const Session& session, oci::ImageConfig& config, std::size_t kept);

}  // namespace husk::build
