#include "libcore/store/squash_layers.hpp"

#include "libcore/archive/extract.hpp"
#include "libcore/archive/merge_layers.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/list_directory.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/layer_source.hpp"
#include "libcore/store/open_tree.hpp"
#include "libcore/store/recorded_owners.hpp"
#include "libcore/userns/run_in.hpp"

#include <fcntl.h>
#include <algorithm>

namespace husk::store {
namespace {

Fd open_layer(const Store& store, userns::MapKind map, const oci::Digest& diff_id) {
  const auto tree = find_layer(store, map, diff_id);
  if (!tree) throw Error(cat("layer ", diff_id.str(), " is missing"));
  return open_tree(*tree);
}

// Two children in the user namespace: one packs the layer, the other unpacks it over what is there.
void add_layer(const Store& store, userns::MapKind map, userns::SharedNamespace& user_namespace,
               const oci::Digest& diff_id, int merged) {
  const Fd layer = open_layer(store, map, diff_id);
  auto packer = start_packing(store, map, diff_id);
  if (!packer) throw Error(cat("layer ", diff_id.str(), " is missing"));
  const bool single = map == userns::MapKind::single;
  (void)user_namespace.run([&] {
    archive::make_way(merged, layer.get());
    (void)archive::extract(archive::read_from(packer->tar.get()), merged,
                           {.owners = single ? archive::Owners::record : archive::Owners::apply});
    return std::string();
  });
  packer->tar.reset();
  (void)packer->running.wait();
}

}  // namespace

std::optional<oci::Digest> squash_layers(const Lease& lease, const userns::IdMap& map,
                                         const std::vector<oci::Digest>& base,
                                         const std::vector<oci::Digest>& layers) {
  const Store& store = lease.store();
  ensure_layers(lease, map, base);
  ensure_layers(lease, map, layers);
  PendingLayer squashed(lease, map);
  const Fd merged = open_tree(squashed.tree());
  userns::SharedNamespace user_namespace(map);
  for (const oci::Digest& diff_id : layers) add_layer(store, map.kind, user_namespace, diff_id, merged.get());
  std::vector<Fd> below;  // topmost first
  std::vector<int> trees;
  for (auto each = base.rbegin(); each != base.rend(); ++each) {
    below.push_back(open_layer(store, map.kind, *each));
    trees.push_back(below.back().get());
  }
  const std::string left = user_namespace.run([&] {
    archive::drop_idle_marks(merged.get(), trees);
    return std::string(husk::list_directory(merged.get()).empty() ? "" : "something");
  });
  if (left.empty()) return std::nullopt;
  std::vector<archive::RecordedOwner> owners;
  if (map.kind == userns::MapKind::single) owners = recorded_owners(store, map.kind, layers, {});
  LayerInfo info = squashed.measure(owners, user_namespace);
  sys::reached("layer.squashed");
  (void)squashed.commit(info);
  return info.diff_id;
}

}  // namespace husk::store
