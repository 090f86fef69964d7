#pragma once

#include "libcore/archive/extract.hpp"
#include "libcore/store/layers.hpp"

#include <filesystem>
#include <vector>

namespace husk::store {

/// Makes a layer for MAP of a copy of TREE, an upper directory of overlayfs with files of that map; OWNERS
/// are those that the files can't show, sorted by path. What a layer can't hold, such as sockets, is left out
/// with a warning. Whoever writes to the tree meanwhile gets a layer that is whole, with some of what was
/// written.
LayerInfo copy_layer(const Lease& lease, const userns::IdMap& map, const std::filesystem::path& tree,
                     const std::vector<archive::RecordedOwner>& owners);

}  // namespace husk::store
