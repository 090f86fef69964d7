#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/base/time.hpp"
#include "libcore/store/gc_lock.hpp"
#include "libcore/store/images.hpp"
#include "libcore/store/layer_file.hpp"
#include "libcore/store/state_file.hpp"
#include "libcore/store/tag_file.hpp"

namespace husk::store {
namespace {

// What the tree of a layer takes, from either map; before it is unpacked, what its blob takes.
std::uint64_t layer_size(const Store& store, const oci::Digest& diff_id, std::uint64_t blob_size) {
  for (const auto map : {userns::MapKind::subordinate, userns::MapKind::single}) {
    if (layer_state(store, map, diff_id) == LayerState::usable) {
      return read_layer_info(store, map, diff_id).content_size;
    }
  }
  return blob_size;
}

void add_facts(const Store& store, Tag& tag) {
  const oci::ImageConfig config = read_config(store, tag.image_id);
  const oci::Manifest manifest = read_manifest(store, tag);
  tag.created = config.created;
  tag.size = 0;
  for (std::size_t i = 0; i < config.diff_ids.size(); ++i) {
    tag.size +=
        layer_size(store, config.diff_ids[i], i < manifest.layers.size() ? manifest.layers[i].size : 0);
  }
}

// Images without a name, of which there can be thousands where builds follow each other, are not looked at.
bool has_other_tag(const Store& store, const Tag& tag) {
  bool found = false;
  visit_tag_files(store, [&](const std::string& path) {
    if (found || is_untagged_path(path)) return;
    try {
      const auto other = read_tag_file(store, path);
      found = other && other->image_id == tag.image_id && other->reference != tag.reference;
    } catch (const Error& error) {
      store.warn(error.what());
    }
  });
  return found;
}

void write(const Lease& lease, const Tag& tag) {
  const TagPath path = path_of(tag);
  write_state_file(lease, path.directory, path.name, print_tag(tag), Durability::durable);
}

}  // namespace

void set_tag(const Lease& lease, Tag tag) {
  const Store& store = lease.store();
  add_facts(store, tag);
  tag.time = format_rfc3339(now());
  const Fd lock = lock_refs(store);
  const auto old = read_tag_file(store, path_of(tag).str());
  if (old && old->image_id == tag.image_id && old->manifest == tag.manifest && old->index == tag.index &&
      old->size == tag.size) {
    return;
  }
  if (old && tag.reference && old->image_id != tag.image_id) {
    tag.previous = old->image_id;
    if (!has_other_tag(store, *old)) {
      // Before the tag moves: killed in between, the old image has both for a while, and is never lost.
      Tag untagged = *old;
      untagged.reference.reset();
      write(lease, untagged);
      sys::reached("tag.untagged_kept");
    }
  }
  sys::reached("tag.before_rename");
  write(lease, tag);
  sys::reached("tag.set");
  if (tag.reference) {
    const TagPath untagged = untagged_path(tag.image_id);
    (void)sys::try_unlink_at(store.directory(), untagged.str(), 0);
    sys::reached("tag.untagged_dropped");
  }
}

}  // namespace husk::store
