#pragma once

#include "libcore/store/lease.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace husk::store {

/// What can be wrong with a store.
enum class Problem : std::uint8_t {
  damaged_tag,        // a file below refs/ that can't be read
  missing_blob,       // a tag needs it
  damaged_blob,       // its content is not what its name says
  stray_file,         // something that husk did not put there
  missing_layer,      // an image or a container needs it, and nothing can make it
  damaged_layer,      // its directory is not whole, or its tree is not the layer
  damaged_container,  // what it needs can't be read
  damaged_volume,     // its description or its files are not there
  missing_volume,     // a container needs it
  open_to_others,     // a directory that others can enter or write to
};

/// "damaged-blob": for messages and JSON.
std::string_view problem_name(Problem problem);

struct Finding {
  Problem problem;
  std::string object;  // path below the store, or the name of an image
  std::string detail;
  bool repaired = false;
};

/// quick looks at names, sizes and what refers to what; full also reads every blob and packs every tree.
enum class Depth : std::uint8_t { quick, full };
enum class Repair : std::uint8_t { no, yes };

struct CheckResult {
  std::vector<Finding> findings;
  std::uint64_t reclaimable = 0;  // bytes that collect_garbage() would free; no finding
  std::size_t cleaned = 0;        // leases of killed processes whose work was removed; no finding either
};

/// Reads tags, blobs, layers, containers and volumes. repair: what is damaged goes to quarantine/, a layer is
/// made anew if it has a blob, permissions are put right. Unfinished work of processes that are gone is
/// removed in any case.
CheckResult check_store(const Lease& lease, Depth depth, Repair repair);

}  // namespace husk::store
