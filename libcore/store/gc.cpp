#include "libcore/store/gc.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/build_logs.hpp"
#include "libcore/store/gc_lock.hpp"
#include "libcore/store/inventory.hpp"
#include "libcore/store/list_directory.hpp"
#include "libcore/store/remove_tree.hpp"

namespace husk::store {
namespace {

// Every step leaves a sound store: hints before what they point to, records before layers.
void carry_out(const Store& store, const Garbage& garbage) {
  for (const std::string& uuid : garbage.leases) remove_dead_lease(store, uuid);
  sys::reached("gc.leases_removed");
  for (const std::string& key : garbage.cache) (void)sys::try_unlink_at(store.directory(), "cache/" + key, 0);
  for (const std::string& diff_id : garbage.layer_blobs) {
    (void)sys::try_unlink_at(store.directory(), "layer-blobs/" + diff_id, 0);
  }
  const bool needs_trash = !garbage.layers.empty() || !garbage.containers.empty();
  const Fd trash = needs_trash ? store.open_directory("trash") : Fd();
  for (const std::string& id : garbage.containers) {
    sys::rename_at(store.directory(), "containers/" + id, trash.get(), random_hex(16));
  }
  for (const std::string& layer : garbage.layers) {
    sys::rename_at(store.directory(), "layers/" + layer, trash.get(), random_hex(16));
    sys::reached("gc.layer_in_trash");
  }
  for (const std::string& blob : garbage.blobs) {
    (void)sys::try_unlink_at(store.directory(), "blobs/sha256/" + blob, 0);
    sys::reached("gc.blob_removed");
  }
}

void empty_trash(const Store& store) {
  for (const std::string& name : list_directory(store, "trash")) {
    remove_tree(store.open_directory("trash").get(), name);
  }
}

}  // namespace

Garbage collect_garbage(const Store& store) {
  Garbage garbage;
  {
    const auto lock = try_gc_lock(store);
    if (!lock) {
      store.warn("no space is freed while another husk process writes to the store");
      return {};
    }
    const Inventory inventory = take_inventory(store);
    for (const std::string& text : inventory.damaged) {
      store.warn(cat("no space is freed: ", text, "; see husk-fsck"));
    }
    garbage = plan_gc(inventory);
    carry_out(store, garbage);
    remove_old_logs(store);
  }
  empty_trash(store);  // takes long, and needs no lock
  return garbage;
}

}  // namespace husk::store
