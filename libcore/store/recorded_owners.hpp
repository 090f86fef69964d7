#pragma once

#include "libcore/archive/extract.hpp"
#include "libcore/oci/digest.hpp"
#include "libcore/store/store.hpp"
#include "libcore/userns/id_map.hpp"

#include <filesystem>
#include <vector>

namespace husk::store {

/// The owners that the layers (lowest first) recorded of files that are still theirs: neither a layer above
/// nor UPPER has something in the place. Sorted by path.
std::vector<archive::RecordedOwner> recorded_owners(const Store& store, userns::MapKind map,
                                                    const std::vector<oci::Digest>& diff_ids,
                                                    const std::filesystem::path& upper);

}  // namespace husk::store
