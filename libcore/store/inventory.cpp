#include "libcore/store/inventory.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/lock.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/attestations.hpp"
#include "libcore/store/cache.hpp"
#include "libcore/store/containers.hpp"
#include "libcore/store/layer_file.hpp"
#include "libcore/store/list_directory.hpp"
#include "libcore/store/remove_tree.hpp"
#include "libcore/store/tag_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>

namespace husk::store {
namespace {

std::optional<oci::Digest> as_digest(const std::string& hex) { return oci::Digest::parse("sha256:" + hex); }

void read_blobs(const Store& store, Inventory& inventory) {
  for (const std::string& name : list_directory(store, "blobs/sha256")) {
    struct stat status {};
    if (::fstatat(store.directory(), ("blobs/sha256/" + name).c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
      inventory.blobs[name] = static_cast<std::uint64_t>(status.st_size);
    }
  }
}

void read_layers(const Store& store, Inventory& inventory) {
  for (const auto map : {userns::MapKind::subordinate, userns::MapKind::single}) {
    const std::string letter(userns::map_name(map));
    for (const std::string& name : list_directory(store, "layers/" + letter)) {
      std::uint64_t& bytes = inventory.layers[cat(letter, "/", name)];
      const auto digest = as_digest(name);
      try {
        if (digest) bytes = read_layer_info(store, map, *digest).content_size;
      } catch (const Error&) {
        // The check says so; as garbage it has no size that we know.
      }
    }
  }
  for (const std::string& name : list_directory(store, "layer-blobs")) {
    const auto digest = as_digest(name);
    const auto blob = digest ? find_layer_blob(store, *digest) : std::nullopt;
    inventory.layer_blobs[name] = blob ? std::string(blob->digest.hex()) : "";
  }
}

ImageNeeds needs_of(const Store& store, const Tag& tag) {
  ImageNeeds needs;
  needs.name = tag.reference ? tag.reference->str() : tag.image_id.str();
  const auto add = [&](const oci::Digest& digest) { needs.blobs.emplace(digest.hex()); };
  if (tag.index) add(tag.index->digest);
  for (const Tag& variant : list_variants(store, tag)) {
    add(variant.manifest.digest);
    add(variant.image_id);
    for (const oci::Descriptor& layer : read_manifest(store, variant).layers) add(layer.digest);
    for (const oci::Digest& diff_id : read_config(store, variant.image_id).diff_ids) {
      needs.layers.emplace_back(diff_id.hex());
    }
  }
  for (const Attestation& each : list_attestations(store, tag)) {
    add(each.entry.digest);
    add(each.manifest.config.digest);
    for (const oci::Descriptor& statement : each.manifest.layers) add(statement.digest);
  }
  return needs;
}

void read_images(const Store& store, Inventory& inventory) {
  visit_tag_files(store, [&](const std::string& path) {
    try {
      if (const auto tag = read_tag_file(store, path)) inventory.images.push_back(needs_of(store, *tag));
    } catch (const Error& error) {
      inventory.damaged.push_back(cat(path, ": ", error.what()));
    }
  });
}

void read_containers(const Store& store, Inventory& inventory) {
  inventory.unborn_containers = list_unborn_containers(store);
  const ContainerRoots roots = list_container_roots(store);
  for (const oci::Digest& id : roots.image_ids) inventory.container_images.emplace(id.hex());
  inventory.container_layers.insert(roots.layers.begin(), roots.layers.end());
}

void read_cache(const Store& store, Inventory& inventory) {
  for (const std::string& key : list_directory(store, "cache")) {
    if (!as_digest(key)) continue;  // the builder keeps other things there, too
    const auto record = find_cache_record(store, key);
    if (record) inventory.cache[key] = record->diff_id ? std::string(record->diff_id->hex()) : "";
  }
}

void read_leases(const Store& store, Inventory& inventory) {
  const auto leases = list_directory(store, "leases");
  for (const std::string& uuid : leases) {
    if (is_dead_lease(store, uuid)) inventory.dead_leases.insert(uuid);
  }
  for (const std::string& uuid : list_directory(store, "tmp")) {
    // Listed after the leases: one that is made meanwhile is looked at once more.
    if (!std::ranges::binary_search(leases, uuid) && is_dead_lease(store, uuid)) {
      inventory.dead_leases.insert(uuid);
    }
  }
}

}  // namespace

bool is_dead_lease(const Store& store, const std::string& uuid) {
  const Fd file(::openat(store.directory(), ("leases/" + uuid).c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  if (!file) return errno == ENOENT;
  return try_lock(file.get(), LockKind::exclusive);
}

void remove_dead_lease(const Store& store, const std::string& uuid) {
  remove_tree(store.open_directory("tmp").get(), uuid);
  (void)sys::try_unlink_at(store.open_directory("leases").get(), uuid, 0);
}

Inventory take_inventory(const Store& store) {
  Inventory inventory;
  read_leases(store, inventory);
  read_blobs(store, inventory);
  read_layers(store, inventory);
  read_images(store, inventory);
  read_containers(store, inventory);
  read_cache(store, inventory);
  return inventory;
}

}  // namespace husk::store
