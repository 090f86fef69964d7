#include "libcore/store/recorded_owners.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/store/layers.hpp"

#include <fcntl.h>
#include <algorithm>
#include <map>

namespace husk::store {
namespace {

bool has(int tree, const std::string& path) {
  try {
    (void)open_beneath(tree, path, O_PATH | O_NOFOLLOW);
    return true;
  } catch (const SysError&) {
    return false;
  }
}

Fd open_tree(const std::filesystem::path& path) {
  Fd tree(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!tree) throw_errno("open ", quote(path));
  return tree;
}

using Owners = std::map<std::string, archive::RecordedOwner>;

void drop_what_is_replaced(Owners& owners, const std::filesystem::path& tree) {
  if (owners.empty()) return;
  const Fd above = open_tree(tree);
  std::erase_if(owners, [&](const auto& owner) { return has(above.get(), owner.first); });
}

}  // namespace

std::vector<archive::RecordedOwner> recorded_owners(const Store& store, userns::MapKind map,
                                                    const std::vector<oci::Digest>& diff_ids,
                                                    const std::filesystem::path& upper) {
  Owners owners;
  for (const oci::Digest& id : diff_ids) {
    const auto tree = find_layer(store, map, id);
    const auto info = find_layer_info(store, map, id);
    if (!tree || !info) continue;
    drop_what_is_replaced(owners, *tree);
    for (const archive::RecordedOwner& owner : info->owners) owners.insert_or_assign(owner.path, owner);
  }
  if (!upper.empty()) drop_what_is_replaced(owners, upper);
  std::vector<archive::RecordedOwner> sorted;
  for (auto& [path, owner] : owners) sorted.push_back(std::move(owner));
  return sorted;
}

}  // namespace husk::store
