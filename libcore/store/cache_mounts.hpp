#pragma once

#include "libcore/store/lease.hpp"
#include "libcore/userns/id_map.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace husk::store {

/// cache/mounts/<name>/: a directory that RUN --mount=type=cache shows to build steps and that outlives the
/// build. tree/ is what they see, info says what it is, and whoever uses it holds a lock on lock.

/// What tells one from another.
struct CacheMountKey {
  std::string id;                                 // as a Dockerfile names it, or husk-cache
  std::string variant = {};                       // "" as a rule; else owner, mode and what it was made from
  userns::MapKind map = userns::MapKind::single;  // files of the other map would have the wrong owners

  /// Hexadecimal digits: an id is never a path (CVE-2024-9675).
  std::string name() const;
};

/// shared: any number of users. locked: one at a time. own: one at a time, who comes meanwhile gets
/// another one.
enum class CacheSharing : std::uint8_t { shared, own, locked };

/// One in use. Let go of, its lock is released.
class CacheMount {
 public:
  CacheMount(std::filesystem::path path, Fd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  CacheMount(CacheMount&&) noexcept = default;
  CacheMount& operator=(CacheMount&&) = delete;
  ~CacheMount();

  std::filesystem::path tree() const { return path_ / "tree"; }

 private:
  std::filesystem::path path_;
  Fd lock_;
};

/// Fills a new one before anybody sees it: owner, mode and content of the directory TREE, which is there.
using FillCache = std::function<void(const std::filesystem::path& tree)>;

/// Called again and again while another process has the lock. It should sleep for a moment; what it throws
/// ends the waiting.
using WaitForCache = std::function<void()>;

/// The one of that key, made if there is none.
CacheMount open_cache_mount(const Lease& lease, const CacheMountKey& key, CacheSharing sharing,
                            const FillCache& fill, const WaitForCache& wait);

struct CacheMountInfo {
  std::string name;  // of its directory
  CacheMountKey key;
  std::string created;    // RFC 3339
  std::int64_t used = 0;  // when it was last opened, seconds since 1970
};

/// All, those used last first. One that another process removes meanwhile, or whose info can't be read, is
/// left out.
std::vector<CacheMountInfo> list_cache_mounts(const Store& store);

/// Those whose id is TEXT, or else whose name begins with it, if it has four digits or more; those used last
/// first. Throws Error if there is none.
std::vector<CacheMountInfo> find_cache_mounts(const Store& store, std::string_view text);

/// The directory alone to oneself; nothing if it is not there.
std::optional<CacheMount> lock_cache_mount(const Store& store, const std::string& name,
                                           const WaitForCache& wait);

/// Replaces what there is of that key by what FILL makes, or makes it.
void replace_cache_mount(const Lease& lease, const CacheMountKey& key, const FillCache& fill,
                         const WaitForCache& wait);

/// Removes it. False if it is in use, or not there.
bool remove_cache_mount(const Store& store, const std::string& name);

}  // namespace husk::store
