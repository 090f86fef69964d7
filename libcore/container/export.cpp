#include "libcore/container/export.hpp"

#include "libcore/archive/pack.hpp"
#include "libcore/base/error.hpp"
#include "libcore/container/lines.hpp"
#include "libcore/container/root.hpp"
#include "libcore/store/images.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/store/recorded_owners.hpp"

#include <algorithm>

namespace husk::container {
namespace {

/// What is exported: layers, lowest first, and the directory that a container has on top of them.
struct Tree {
  userns::MapKind map = userns::MapKind::single;
  std::vector<oci::Digest> diff_ids;
  std::filesystem::path upper;
};

bool has_layers(const store::Store& store, userns::MapKind map, const std::vector<oci::Digest>& diff_ids) {
  return std::all_of(diff_ids.begin(), diff_ids.end(),
                     [&](const oci::Digest& id) { return store::find_layer(store, map, id).has_value(); });
}

Tree find_tree(const store::Lease& lease, std::string_view name) {
  const store::Store& store = lease.store();
  if (const auto container = store::find_container_if_any(store, name))
    return {container->config().map, container->config().diff_ids, container->upper()};
  const auto tag = store::find_image_if_any(store, name);
  if (!tag) throw Error(cat("there is no container and no image ", quote(name)));
  Tree tree{userns::choose_map(userns::Choice::automatic).kind,
            store::read_config(store, tag->image_id).diff_ids,
            {}};
  const auto other =
      tree.map == userns::MapKind::single ? userns::MapKind::subordinate : userns::MapKind::single;
  if (!has_layers(store, tree.map, tree.diff_ids) && has_layers(store, other, tree.diff_ids)) {
    tree.map = other;
  } else {
    store::ensure_layers(lease, map_of(tree.map), tree.diff_ids);
  }
  return tree;
}

}  // namespace

std::vector<std::string> export_root(const store::Store& store, std::string_view name, int out) {
  const store::Lease lease(store);  // what is read must not become garbage meanwhile
  const Tree tree = find_tree(lease, name);
  archive::PackOptions options{.whiteouts = archive::Whiteouts::literal};
  if (tree.map == userns::MapKind::single)
    options.owners = store::recorded_owners(store, tree.map, tree.diff_ids, tree.upper);
  runtime::Rootfs rootfs;
  rootfs.lower = lower_directories(store, tree.map, tree.diff_ids);
  if (!tree.upper.empty()) rootfs.lower.insert(rootfs.lower.begin(), tree.upper);
  const std::string notes = runtime::in_rootfs(map_of(tree.map), rootfs, [&](int root) {
    return join_lines(archive::pack(root, archive::write_to(out), options));
  });
  return split_lines(notes);
}

}  // namespace husk::container
