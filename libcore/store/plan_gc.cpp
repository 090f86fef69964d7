#include "libcore/store/inventory.hpp"

namespace husk::store {
namespace {

// What is reached from images, containers and cache records; all in hexadecimal digits.
struct Reached {
  std::set<std::string> blobs;
  std::set<std::string> layers;   // diff ids, for every map
  std::set<std::string> exactly;  // "m/<hex>"
};

bool has_layer(const Inventory& inventory, const std::string& diff_id) {
  const auto blob = inventory.layer_blobs.find(diff_id);
  return inventory.layers.contains("m/" + diff_id) || inventory.layers.contains("s/" + diff_id) ||
         (blob != inventory.layer_blobs.end() && inventory.blobs.contains(blob->second));
}

Reached mark(const Inventory& inventory) {
  Reached reached;
  for (const ImageNeeds& image : inventory.images) {
    reached.blobs.insert(image.blobs.begin(), image.blobs.end());
    reached.layers.insert(image.layers.begin(), image.layers.end());
  }
  reached.blobs.insert(inventory.container_images.begin(), inventory.container_images.end());
  reached.exactly = inventory.container_layers;
  for (const auto& [key, diff_id] : inventory.cache) {
    if (!diff_id.empty()) reached.layers.insert(diff_id);
  }
  // The compressed form of a layer that stays spares the next push the work.
  for (const auto& [diff_id, blob] : inventory.layer_blobs) {
    if (reached.layers.contains(diff_id)) reached.blobs.insert(blob);
  }
  return reached;
}

}  // namespace

Garbage plan_gc(const Inventory& inventory) {
  Garbage garbage;
  garbage.leases.assign(inventory.dead_leases.begin(), inventory.dead_leases.end());
  garbage.containers = inventory.unborn_containers;
  if (!inventory.damaged.empty()) return garbage;  // who knows what it needs
  const Reached reached = mark(inventory);
  for (const auto& [name, bytes] : inventory.blobs) {
    if (reached.blobs.contains(name)) continue;
    garbage.blobs.push_back(name);
    garbage.bytes += bytes;
  }
  for (const auto& [name, bytes] : inventory.layers) {
    if (reached.layers.contains(name.substr(2)) || reached.exactly.contains(name)) continue;
    garbage.layers.push_back(name);
    garbage.bytes += bytes;
  }
  for (const auto& [diff_id, blob] : inventory.layer_blobs) {
    const bool useful = reached.layers.contains(diff_id) && inventory.blobs.contains(blob);
    if (!useful) garbage.layer_blobs.push_back(diff_id);
  }
  for (const auto& [key, diff_id] : inventory.cache) {
    if (!diff_id.empty() && !has_layer(inventory, diff_id)) garbage.cache.push_back(key);
  }
  return garbage;
}

}  // namespace husk::store
