#pragma once

#include "libcore/store/layers.hpp"

#include <string>

namespace husk::store {

/// The parts of the full check that read everything.

bool blob_is_whole(const Store& store, const oci::Digest& digest);

/// What is wrong with the tree of a layer; "" if nothing is. One that was packed here has to give its diff id
/// again; one that came from a blob has to be what the blob gives.
std::string layer_problem(const Lease& lease, userns::MapKind map, const LayerInfo& info, int tree);

/// Makes a layer that is not there; false if nothing can.
bool try_make_layer(const Lease& lease, userns::MapKind map, const oci::Digest& diff_id);

}  // namespace husk::store
