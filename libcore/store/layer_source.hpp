#pragma once

#include "libcore/store/layers.hpp"
#include "libcore/userns/run_in.hpp"

#include <optional>

namespace husk::store {

/// A child process that packs the tree of a layer into a pipe.
struct LayerPacker {
  Fd tar;
  userns::Running running;  // wait() when the tar has been read: the digest of all that was written, as text
};

/// Packs the tree for the map KIND, also one that is stale: the reader checks that the digest is the diff id.
/// The child hashes, since who compresses what it packs has more to do. Nothing if it is not there.
std::optional<LayerPacker> start_packing(const Store& store, userns::MapKind kind,
                                         const oci::Digest& diff_id);

}  // namespace husk::store
