#pragma once

#include "libcore/store/gc.hpp"
#include "libcore/store/images.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace husk::store {

/// What an image needs, in hexadecimal digits of digests.
struct ImageNeeds {
  std::string name;             // for messages
  std::set<std::string> blobs;  // index, manifest, configuration, and layers where the manifest names them
  std::vector<std::string> layers;  // diff ids, lowest first
};

/// All that is in a store, as plan_gc() and the check read it.
struct Inventory {
  std::map<std::string, std::uint64_t> blobs;      // hex digits → bytes
  std::map<std::string, std::uint64_t> layers;     // "m/<hex>" → bytes of content
  std::map<std::string, std::string> layer_blobs;  // diff id → blob, the hints of find_layer_blob()
  std::map<std::string, std::string> cache;        // key → diff id, "" for a step without a layer
  std::set<std::string> dead_leases;  // of processes that are gone; also tmp/ directories without a lease
  std::vector<std::string> unborn_containers;  // see list_unborn_containers()
  std::vector<ImageNeeds> images;
  std::set<std::string> container_images;  // hex digits of image ids
  std::set<std::string> container_layers;  // "m/<hex>"
  std::vector<std::string> damaged;        // what could not be read: nothing may be thrown away then
};

Inventory take_inventory(const Store& store);

/// Which of it nobody needs. Pure.
Garbage plan_gc(const Inventory& inventory);

/// Is the process that holds leases/<uuid> gone?
bool is_dead_lease(const Store& store, const std::string& uuid);

/// Removes leases/<uuid> and tmp/<uuid>.
void remove_dead_lease(const Store& store, const std::string& uuid);

}  // namespace husk::store
