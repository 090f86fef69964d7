#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/layer_file.hpp"
#include "libcore/store/layer_source.hpp"
#include "libcore/store/layer_unpacker.hpp"
#include "libcore/store/measure_tree.hpp"
#include "libcore/store/state_file.hpp"

#include <fcntl.h>
#include <deque>

namespace husk::store {
namespace {

// How many layers are unpacked at the same time.
constexpr std::size_t max_unpacking = 4;

// A stale layer that packs to its diff id got to the disk whole, before the reboot: it stays.
bool settle(const Lease& lease, const userns::IdMap& map, const oci::Digest& diff_id) {
  const Store& store = lease.store();
  if (layer_state(store, map.kind, diff_id) != LayerState::stale) return false;
  try {
    const LayerInfo info = read_layer_info(store, map.kind, diff_id);
    if (!info.packed_here) return false;
    const std::string path = layer_directory(map.kind, diff_id) + "/" + tree_name;
    const Fd tree(::openat(store.directory(), path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!tree) return false;
    const std::string text =
        userns::run_in(map, [&] { return measure_tree(tree.get(), map.kind, info.owners).diff_id.str(); });
    if (text != diff_id.str()) return false;
  } catch (const Error& error) {
    store.warn(cat("layer ", diff_id.str(), " is made anew: ", error.what()));
    return false;
  }
  write_state_file(lease, layer_directory(map.kind, diff_id), boot_name, durable_mark, Durability::durable);
  return true;
}

// From its blob, without waiting; nothing if there is none.
std::optional<LayerUnpacker> start_from_blob(const Lease& lease, const userns::IdMap& map,
                                             const oci::Digest& diff_id) {
  const auto blob = find_layer_blob(lease.store(), diff_id);
  if (!blob) return std::nullopt;
  const auto file = find_blob(lease.store(), blob->digest);
  if (!file) return std::nullopt;
  return LayerUnpacker(lease, map, file->get(), diff_id);
}

void make_from_other_map(const Lease& lease, const userns::IdMap& map, const oci::Digest& diff_id) {
  const auto other =
      map.kind == userns::MapKind::single ? userns::MapKind::subordinate : userns::MapKind::single;
  auto packer = start_packing(lease.store(), other, diff_id);
  if (!packer) {
    Error error(cat("layer ", diff_id.str(), " is missing"));
    error.set_hint("husk-fsck tells what else is wrong; husk-pull may bring it back");
    throw error;
  }
  LayerUnpacker unpacker(lease, map, packer->tar.get(), diff_id);
  packer->tar.reset();
  (void)unpacker.wait();
  (void)packer->running.wait();
}

}  // namespace

void ensure_layers(const Lease& lease, const userns::IdMap& map, const std::vector<oci::Digest>& diff_ids) {
  std::deque<LayerUnpacker> unpacking;
  const auto wait_for_first = [&] {
    (void)unpacking.front().wait();
    unpacking.pop_front();
  };
  for (const oci::Digest& diff_id : diff_ids) {
    if (layer_state(lease.store(), map.kind, diff_id) == LayerState::usable || settle(lease, map, diff_id)) {
      continue;
    }
    if (unpacking.size() == max_unpacking) wait_for_first();
    if (auto started = start_from_blob(lease, map, diff_id)) {
      unpacking.push_back(std::move(*started));
    } else {
      make_from_other_map(lease, map, diff_id);
    }
  }
  while (!unpacking.empty()) wait_for_first();
}

}  // namespace husk::store
