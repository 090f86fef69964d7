#pragma once

#include "libcore/store/layers.hpp"

#include <optional>
#include <vector>

namespace husk::store {

/// Makes one layer of LAYERS (lowest first) that gives the same files on top of BASE as they do: with what
/// the topmost of them has of each path, a whiteout where they took something of BASE away, and nothing of
/// what came and went within them. Returns its diff id; nothing if there is no change. The calling process
/// has one thread.
std::optional<oci::Digest> squash_layers(const Lease& lease, const userns::IdMap& map,
                                         const std::vector<oci::Digest>& base,
                                         const std::vector<oci::Digest>& layers);

}  // namespace husk::store
