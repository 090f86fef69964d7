#include "libcore/store/cache_mounts.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/message.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sha256.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/base/time.hpp"
#include "libcore/store/list_directory.hpp"
#include "libcore/store/locked_directory.hpp"
#include "libcore/store/state_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>

namespace husk::store {
namespace {

constexpr const char* directory_name = "cache/mounts";
constexpr std::size_t max_info = 1 << 20;
// Of those that private use makes beside each other.
constexpr int max_copies = 64;

std::string mount_path(const std::string& name) { return cat(directory_name, "/", name); }

std::string print_info(const CacheMountKey& key) {
  std::string text;
  for (const std::string& field :
       {key.id, key.variant, std::string(userns::map_name(key.map)), format_rfc3339(now())})
    add_field(text, field);
  return text;
}

CacheMountInfo parse_info(std::string_view text) {
  CacheMountInfo info;
  info.key.id = take_field(text);
  info.key.variant = take_field(text);
  info.key.map = take_field(text) == userns::map_name(userns::MapKind::single) ? userns::MapKind::single
                                                                               : userns::MapKind::subordinate;
  info.created = take_field(text);
  return info;
}

// A new one in the lease's tmp directory; returns its name there.
std::string make(const Lease& lease, const CacheMountKey& key, const FillCache& fill) {
  std::string name = cat("cache-", random_hex(8));
  sys::make_directory_at(lease.tmp(), name, 0700);
  const Fd directory(::openat(lease.tmp(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) throw_errno("open a new cache");
  write_new_file(directory.get(), "info", print_info(key));
  write_new_file(directory.get(), "lock", "");
  sys::make_directory_at(directory.get(), "tree", 0755);
  if (::fchmodat(directory.get(), "tree", 0755, 0) != 0) throw_errno("set the mode of a new cache");
  fill(lease.tmp_path() / name / "tree");
  sys::reached("cache_mount.made");
  return name;
}

CacheMount in_use(const Store& store, const std::string& name, Fd lock) {
  (void)::futimens(lock.get(), nullptr);  // for list_cache_mounts()
  return {store.path() / mount_path(name), std::move(lock)};
}

// Its name there.
std::string to_trash(const Store& store, const std::string& name) {
  std::string trashed = move_to_trash(store, mount_path(name));
  sys::reached("cache_mount.in_trash");
  return trashed;
}

// Nothing if it is not there, or in use and not to be waited for.
std::optional<CacheMount> take(const Store& store, const std::string& name, LockKind kind, Busy busy,
                               const WaitForCache& wait) {
  auto lock = lock_directory(store, mount_path(name), kind, busy, wait);
  if (!lock) return std::nullopt;
  return in_use(store, name, std::move(*lock));
}

bool exists(const Store& store, const std::string& name) {
  return ::faccessat(store.directory(), mount_path(name).c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

}  // namespace

std::string CacheMountKey::name() const {
  std::string text;
  add_field(text, id);
  add_field(text, variant);
  add_field(text, userns::map_name(map));
  return sha256_hex(as_bytes(text));
}

// Said, not left to close(2): a process that is being forked off may have the descriptor, too.
CacheMount::~CacheMount() {
  if (lock_) unlock(lock_.get());
}

CacheMount open_cache_mount(const Lease& lease, const CacheMountKey& key, CacheSharing sharing,
                            const FillCache& fill, const WaitForCache& wait) {
  const Store& store = lease.store();
  const Fd mounts = store.open_directory(directory_name);
  const LockKind kind = sharing == CacheSharing::shared ? LockKind::shared : LockKind::exclusive;
  const Busy busy = sharing == CacheSharing::own ? Busy::give_up : Busy::wait;
  std::string name = key.name();
  for (int copy = 1; copy <= max_copies;) {
    if (auto mount = take(store, name, kind, busy, wait)) return std::move(*mount);
    if (exists(store, name)) {
      name = cat(key.name(), "-", copy++);
      continue;
    }
    // False: another process was faster. Ours goes with the lease.
    (void)sys::try_rename_at(lease.tmp(), make(lease, key, fill), mounts.get(), name);
    sys::reached("cache_mount.renamed");
  }
  throw Error(cat("cache ", quote(key.id), " is in use ", max_copies, " times"));
}

std::vector<CacheMountInfo> list_cache_mounts(const Store& store) {
  std::vector<CacheMountInfo> all;
  for (const std::string& name : list_directory(store, directory_name)) {
    struct stat status {};
    const auto text = find_state_file(store, cat(mount_path(name), "/info"), max_info);
    if (!text || ::fstatat(store.directory(), cat(mount_path(name), "/lock").c_str(), &status, 0) != 0)
      continue;
    try {
      CacheMountInfo info = parse_info(*text);
      info.name = name;
      info.used = status.st_mtim.tv_sec;
      all.push_back(std::move(info));
    } catch (const Error&) {
      // As if it were not there: it can be removed by its name.
    }
  }
  std::ranges::stable_sort(all, std::greater(), &CacheMountInfo::used);
  return all;
}

std::vector<CacheMountInfo> find_cache_mounts(const Store& store, std::string_view text) {
  constexpr std::size_t fewest_digits = 4;
  std::vector<CacheMountInfo> found, named;
  for (CacheMountInfo& info : list_cache_mounts(store)) {
    if (info.key.id == text) found.push_back(info);
    if (text.size() >= fewest_digits && info.name.starts_with(text)) named.push_back(std::move(info));
  }
  if (found.empty()) found = std::move(named);
  if (found.empty()) {
    Error error(cat("there is no cache ", quote(text)));
    error.set_hint("husk-cache ls lists those that there are");
    throw error;
  }
  return found;
}

std::optional<CacheMount> lock_cache_mount(const Store& store, const std::string& name,
                                           const WaitForCache& wait) {
  return take(store, name, LockKind::exclusive, Busy::wait, wait);
}

void replace_cache_mount(const Lease& lease, const CacheMountKey& key, const FillCache& fill,
                         const WaitForCache& wait) {
  const Store& store = lease.store();
  const Fd mounts = store.open_directory(directory_name);
  const std::string name = key.name(), made = make(lease, key, fill);
  for (bool done = false; !done;) {
    const auto old = take(store, name, LockKind::exclusive, Busy::wait, wait);
    const std::string trashed = old ? to_trash(store, name) : "";
    done = sys::try_rename_at(lease.tmp(), made, mounts.get(), name);
    if (old) remove_from_trash(store, trashed);
  }
}

bool remove_cache_mount(const Store& store, const std::string& name) {
  const auto mount = take(store, name, LockKind::exclusive, Busy::give_up, {});
  if (mount) remove_from_trash(store, to_trash(store, name));
  return mount.has_value();
}

}  // namespace husk::store
