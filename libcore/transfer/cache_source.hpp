#pragma once

#include "libcore/oci/build_cache.hpp"
#include "libcore/store/lease.hpp"
#include "libcore/transfer/cache_place.hpp"
#include "libcore/transfer/progress.hpp"
#include "libcore/userns/id_map.hpp"

#include <functional>
#include <map>
#include <vector>

namespace husk::transfer {

/// A build cache somewhere else: an artifact that push_cache() made, or an image that has the annotation.
/// Which steps it knows is read at once; a layer comes when it is wanted.
class CacheSource {
 public:
  /// Throws Error if there is no cache.
  CacheSource(CachePlace place, const oci::Platform& platform);

  const CachePlace& place() const noexcept { return place_; }
  const std::vector<oci::CachedStep>& steps() const noexcept { return steps_; }

  /// Whether it is in an image of an index, so that for other platforms there are others.
  bool has_platforms() const noexcept { return has_platforms_; }

  /// The blob of a layer that it has.
  std::optional<oci::Descriptor> find_layer(const oci::Digest& diff_id) const;

  /// Gets layers that it has into the store, unpacked for MAP. May be called in a child process; one that has
  /// one thread.
  void fetch(const store::Lease& lease, const userns::IdMap& map, const std::vector<oci::Digest>& diff_ids,
             const Progress& progress) const;

 private:
  void read(ImageSource& source, const oci::Platform& platform);
  void with_source(const std::function<void(registry::Http&, ImageSource&)>& body) const;

  CachePlace place_;
  std::optional<registry::PullSource> found_;  // the mirror, or the registry itself
  bool has_platforms_ = false;
  std::vector<oci::CachedStep> steps_;
  std::map<oci::Digest, oci::Descriptor> layers_;
};

}  // namespace husk::transfer
