#pragma once

#include "libcore/store/store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace husk::store {

/// What nobody needs any more. Decided by plan_gc() of inventory.hpp, a pure function.
struct Garbage {
  std::vector<std::string> blobs;        // names below blobs/sha256
  std::vector<std::string> layers;       // "m/<hex>"
  std::vector<std::string> layer_blobs;  // hints that name a blob or a layer that goes or is gone
  std::vector<std::string> leases;       // of processes that are gone
  std::vector<std::string> containers;   // whose making was cut short
  std::vector<std::string> cache;        // records that name a layer that is not there
  std::uint64_t bytes = 0;
};

/// Removes what no tag, container, live lease or build-cache record reaches: renames to trash/, then unlinks.
/// And the logs of builds that are not among the newest. Does nothing (and says so) while another process
/// that writes holds the lock. Killed at any point it does no harm.
Garbage collect_garbage(const Store& store);

}  // namespace husk::store
