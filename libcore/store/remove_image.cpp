#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/containers.hpp"
#include "libcore/store/gc_lock.hpp"
#include "libcore/store/images.hpp"
#include "libcore/store/tag_file.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>

namespace husk::store {
namespace {

void check_unused(const Store& store, const Tag& tag, Force force) {
  if (force == Force::yes) return;
  for (const Container& container : list_containers(store)) {
    if (container.config().image_id != tag.image_id) continue;
    Error error(cat("the image is used by container ", quote(container.config().name)));
    error.set_hint(cat("remove that first, or use --force: husk rm ", escape(container.config().name)));
    throw error;
  }
}

bool is_name(const Tag& tag, std::string_view text) {
  try {
    return tag.reference && tag_path(oci::parse_reference(text)).str() == path_of(tag).str();
  } catch (const Error&) {
    return false;
  }
}

// The directories that the file leaves empty go with it.
void remove_file(const Store& store, const TagPath& path) {
  sys::reached("untag.before_unlink");
  if (!sys::try_unlink_at(store.directory(), path.str(), 0)) return;
  sys::reached("untag.unlinked");
  // Durable before the blobs go, or a power failure could bring back a tag without its image.
  sys::sync_all(store.open_directory(path.directory).get(), path.directory);
  std::string directory = path.directory;
  while (directory.find('/') != std::string::npos &&
         ::unlinkat(store.directory(), directory.c_str(), AT_REMOVEDIR) == 0) {
    directory.resize(directory.rfind('/'));
  }
}

}  // namespace

Removal remove_image(const Lease& lease, std::string_view name_or_id, Force force) {
  const Store& store = lease.store();
  const Fd lock = lock_refs(store);
  const Tag chosen = find_image(store, name_or_id);
  std::vector<Tag> all = list_tags(store);
  std::erase_if(all, [&](const Tag& tag) { return tag.image_id != chosen.image_id; });
  Removal removal;
  const bool by_name = is_name(chosen, name_or_id);
  if (by_name && all.size() > 1) {
    all = {chosen};
  } else {
    if (all.size() > 1 && force == Force::no) {
      Error error(cat("the image has ", all.size(), " names"));
      error.set_hint("remove it by each name, or use --force");
      throw error;
    }
    check_unused(store, chosen, force);
    removal.deleted.push_back(chosen.image_id);
  }
  for (const Tag& tag : all) {
    remove_file(store, path_of(tag));
    if (tag.reference) removal.untagged.push_back(tag.reference->familiar());
  }
  if (!removal.deleted.empty()) remove_file(store, untagged_path(chosen.image_id));
  return removal;
}

}  // namespace husk::store
