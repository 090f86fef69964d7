#pragma once

#include "libcore/store/cache_mounts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace husk::store {

/// The map of the ids that the files of a cache have. Throws Error if it can't be had any more.
userns::IdMap map_of_cache(const CacheMountKey& key);

/// Writes the content of a cache, which is nobody else's meanwhile, as a tar to OUT. False if it is not
/// there. Sockets are left out and added to NOTES.
bool export_cache_mount(const Store& store, const CacheMountInfo& info, int out,
                        std::vector<std::string>& notes, const WaitForCache& wait);

/// Replaces a cache, or makes it, with the content of the tar, compressed or not, that is read from the
/// descriptor TAR. Nothing changes if the tar is not whole.
void import_cache_mount(const Lease& lease, const CacheMountKey& key, int tar,
                        std::vector<std::string>& notes, const WaitForCache& wait);

/// The bytes of the files of each; nothing where they can't be counted, as while a build changes them.
std::vector<std::optional<std::uint64_t>> measure_cache_mounts(const Store& store,
                                                               const std::vector<CacheMountInfo>& all);

}  // namespace husk::store
