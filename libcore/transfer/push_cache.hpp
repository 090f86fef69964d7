#pragma once

#include "libcore/archive/stream.hpp"
#include "libcore/oci/build_cache.hpp"
#include "libcore/store/lease.hpp"
#include "libcore/transfer/cache_place.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace husk::transfer {

struct CacheExport {
  std::vector<oci::CachedStep> steps;
  archive::Compression compression = archive::Compression::gzip;  // of layers that were never compressed
  // The blob of a layer that is not in the store, but in a cache which was read: it need not come if it is
  // where the export goes.
  std::function<std::optional<oci::Descriptor>(const oci::Digest& diff_id)> find_elsewhere;
  std::function<void(const std::vector<oci::Digest>& diff_ids)> fetch;  // brings such layers here
};

/// Writes the steps with their layers to PLACE, in place of what had its name; returns the manifest's
/// descriptor. The calling process has one thread.
oci::Descriptor push_cache(const store::Lease& lease, const CachePlace& place, const CacheExport& what);

}  // namespace husk::transfer
