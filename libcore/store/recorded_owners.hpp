#pragma once

#include "libcore/archive/extract.hpp"
#include "libcore/oci/digest.hpp"
#include "libcore/store/store.hpp"
#include "libcore/userns/id_map.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace husk::store {

/// Owners that were recorded of the files in a stack of directories, as an overlay shows them. What is there
/// because overlayfs copied a file up to change it is the same file, and keeps its owner; anything else in
/// its place has none.
class OwnerStack {
 public:
  /// A directory above those so far, and the owners that were recorded of what is in it.
  void add(const std::filesystem::path& tree, const std::vector<archive::RecordedOwner>& owners);

  /// Sorted by path.
  std::vector<archive::RecordedOwner> all() const;

  /// Those of the files that are in TREE, which was added.
  std::vector<archive::RecordedOwner> all_in(const std::filesystem::path& tree) const;

 private:
  std::map<std::string, archive::RecordedOwner> owners_;
};

/// Of the files that layers (lowest first) and UPPER, if it is not empty, show.
std::vector<archive::RecordedOwner> recorded_owners(const Store& store, userns::MapKind map,
                                                    const std::vector<oci::Digest>& diff_ids,
                                                    const std::filesystem::path& upper);

/// Of those, the files that are in UPPER.
std::vector<archive::RecordedOwner> recorded_owners_in(const Store& store, userns::MapKind map,
                                                       const std::vector<oci::Digest>& diff_ids,
                                                       const std::filesystem::path& upper);

}  // namespace husk::store
