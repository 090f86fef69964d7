#include "libcore/build/fill_cache.hpp"

#include "libcore/base/error.hpp"
#include "libcore/build/copy_files.hpp"
#include "libcore/build/roots.hpp"
#include "libcore/build/select_sources.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace husk::build {
namespace {

// Runs as root of the image's user namespace.
void copy_source(int root, int from, SourceTree& tree, const MountOrder& order) {
  CopyOrder copy;
  for (Selection& selection : select_sources(tree, as_copy(order), "the source of the cache")) {
    if (!selection.is_directory()) throw Error(cat(quote(order.mount.source), " is no directory"));
    copy.pieces.push_back({.root = from, .selection = std::move(selection)});
  }
  copy.destination = "/";
  if (order.source->context == nullptr) {
    copy.owner_of = [](const SourceEntry& entry) {
      return Owner{entry.status().st_uid, entry.status().st_gid};
    };
  }
  (void)copy_files(root, copy);
}

}  // namespace

void fill_cache(const Session& session, const MountOrder& order, const std::filesystem::path& tree) {
  const dockerfile::RunMount& mount = order.mount;
  Context* const context = order.source ? order.source->context : nullptr;
  const bool has_layers = order.source && !order.source->diff_ids.empty();
  const bool has_owner = session.map.kind == userns::MapKind::subordinate && (mount.uid || mount.gid);
  if (!has_layers && context == nullptr && !has_owner) {
    if (mount.mode && ::chmod(tree.c_str(), *mount.mode) != 0) throw_errno("set the mode of a cache");
    return;
  }
  std::vector<runtime::Rootfs> file_systems = {{.lower = {}, .upper = tree, .work = {}}};
  if (has_layers) file_systems.push_back(rootfs_of(session, *order.source));
  (void)in_roots(session, file_systems, [&](const std::vector<Fd>& roots) -> std::string {
    const int root = roots.front().get();
    if (context != nullptr) copy_source(root, context->root(), context->tree(), order);
    if (has_layers) {
      SourceTree layers(roots.back().get());
      copy_source(root, roots.back().get(), layers, order);
    }
    if (has_owner && ::fchownat(root, ".", mount.uid.value_or(0), mount.gid.value_or(0), 0) != 0)
      throw_errno("set the owner of a cache");
    if (mount.mode && ::fchmodat(root, ".", *mount.mode, 0) != 0) throw_errno("set the mode of a cache");
    return "";
  });
}

}  // namespace husk::build
