#pragma once

#include "libcore/store/layers.hpp"

namespace husk::store {

/// Packs the tree below TREE, hashes the tar and throws it away. OWNERS are sorted by path. Runs in the user
/// namespace of MAP, as its root.
LayerInfo measure_tree(int tree, userns::MapKind map, const std::vector<archive::RecordedOwner>& owners);

/// Bytes of the regular files below TREE; one with several names counts once.
std::uint64_t content_size(int tree);

/// How the tree of a layer is packed.
archive::PackOptions layer_pack_options(userns::MapKind map,
                                        const std::vector<archive::RecordedOwner>& owners);

}  // namespace husk::store
