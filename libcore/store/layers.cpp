#include "libcore/store/layers.hpp"

#include "libcore/store/layer_file.hpp"

// Lookups only: what makes or packs layers is in other files, so that husk-run is not linked with libarchive.
namespace husk::store {

std::optional<std::filesystem::path> find_layer(const Store& store, userns::MapKind map,
                                                const oci::Digest& diff_id) {
  if (layer_state(store, map, diff_id) != LayerState::usable) return std::nullopt;
  return store.path() / layer_directory(map, diff_id) / tree_name;
}

std::optional<LayerInfo> find_layer_info(const Store& store, userns::MapKind map,
                                         const oci::Digest& diff_id) {
  if (layer_state(store, map, diff_id) != LayerState::usable) return std::nullopt;
  return read_layer_info(store, map, diff_id);
}

}  // namespace husk::store
