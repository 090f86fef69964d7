#include "libcore/store/recorded_owners.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/store/open_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <algorithm>

namespace husk::store {
namespace {

Fd find_in(int tree, const std::string& path) {
  try {
    return open_beneath(tree, path, O_PATH | O_NOFOLLOW);
  } catch (const SysError&) {
    return Fd();
  }
}

// Whether FILE is what overlayfs, or the program that stands in for it, made of a file of the layers below
// when it was changed. A symbolic link can't have the mark: it counts as the same one.
bool is_copied_up(const Fd& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw_errno("look at a file of the layer");
  if (S_ISLNK(status.st_mode)) return true;
  const std::string path = cat("/proc/self/fd/", file.get());  // no xattr is read through O_PATH
  return ::getxattr(path.c_str(), "user.overlay.origin", nullptr, 0) >= 0 ||
         ::getxattr(path.c_str(), "user.fuseoverlayfs.origin", nullptr, 0) >= 0;
}

OwnerStack stack_owners(const Store& store, userns::MapKind map, const std::vector<oci::Digest>& diff_ids,
                        const std::filesystem::path& upper) {
  OwnerStack owners;
  for (const oci::Digest& id : diff_ids) {
    const auto tree = find_layer(store, map, id);
    const auto info = find_layer_info(store, map, id);
    if (tree && info) owners.add(*tree, info->owners);
  }
  if (!upper.empty()) owners.add(upper, {});
  return owners;
}

}  // namespace

void OwnerStack::add(const std::filesystem::path& tree, const std::vector<archive::RecordedOwner>& owners) {
  if (!owners_.empty()) {
    const Fd above = open_tree(tree);
    std::erase_if(owners_, [&](const auto& owner) {
      const Fd found = find_in(above.get(), owner.first);
      return found && !is_copied_up(found);
    });
  }
  for (const archive::RecordedOwner& owner : owners) owners_.insert_or_assign(owner.path, owner);
}

std::vector<archive::RecordedOwner> OwnerStack::all() const {
  std::vector<archive::RecordedOwner> sorted;
  for (const auto& [path, owner] : owners_) sorted.push_back(owner);
  return sorted;
}

std::vector<archive::RecordedOwner> OwnerStack::all_in(const std::filesystem::path& tree) const {
  std::vector<archive::RecordedOwner> sorted;
  if (owners_.empty()) return sorted;
  const Fd directory = open_tree(tree);
  for (const auto& [path, owner] : owners_) {
    if (find_in(directory.get(), path)) sorted.push_back(owner);
  }
  return sorted;
}

std::vector<archive::RecordedOwner> recorded_owners(const Store& store, userns::MapKind map,
                                                    const std::vector<oci::Digest>& diff_ids,
                                                    const std::filesystem::path& upper) {
  return stack_owners(store, map, diff_ids, upper).all();
}

std::vector<archive::RecordedOwner> recorded_owners_in(const Store& store, userns::MapKind map,
                                                       const std::vector<oci::Digest>& diff_ids,
                                                       const std::filesystem::path& upper) {
  return stack_owners(store, map, diff_ids, upper).all_in(upper);
}

}  // namespace husk::store
