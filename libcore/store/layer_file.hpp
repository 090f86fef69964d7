#pragma once

#include "libcore/store/layers.hpp"

#include <string>

namespace husk::store {

/// Names in the directory of a layer, layers/<map>/<hex>/: the tree; what LayerInfo says but for the owners;
/// the owners, if there are any; the boot in which the tree was written, or "durable" once it is known to be
/// on disk.
inline constexpr const char* tree_name = "tree";
inline constexpr const char* info_name = "layer.json";
inline constexpr const char* owners_name = "owners.json";
inline constexpr const char* boot_name = "boot";
inline constexpr const char* durable_mark = "durable";

/// "layers/m/<hex>"
std::string layer_directory(userns::MapKind map, const oci::Digest& diff_id);

std::string print_layer_info(const LayerInfo& info);
/// Without the owners.
LayerInfo parse_layer_info(std::string_view text);

std::string print_owners(const std::vector<archive::RecordedOwner>& owners);
std::vector<archive::RecordedOwner> parse_owners(std::string_view text);

/// The kernel's random id of this boot.
const std::string& boot_id();

/// How a layer lies in the store. stale: it was written before the last boot and nobody has checked since
/// that it got to the disk.
enum class LayerState : std::uint8_t { absent, stale, usable };
LayerState layer_state(const Store& store, userns::MapKind map, const oci::Digest& diff_id);

/// LayerInfo of a layer in any state but absent.
LayerInfo read_layer_info(const Store& store, userns::MapKind map, const oci::Digest& diff_id);

}  // namespace husk::store
