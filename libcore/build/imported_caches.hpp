#pragma once

#include "libcore/build/session.hpp"
#include "libcore/store/cache.hpp"
#include "libcore/transfer/cache_source.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace husk::build {

/// What --cache-from names: records as those of the store's own cache, of steps that were made elsewhere.
/// Their layers come when somebody needs them. All processes of a build have a copy of this.
class ImportedCaches {
 public:
  /// Reads all that OPTIONS name. One that can't be read is a note, and no more.
  void read(const Session& session, const std::vector<oci::Platform>& platforms);

  /// The first cache that knows the step wins.
  std::optional<store::CacheRecord> find(const std::string& key) const;

  bool has_layer(const oci::Digest& diff_id) const { return find_blob(diff_id).has_value(); }
  std::optional<oci::Descriptor> find_blob(const oci::Digest& diff_id) const;

  /// Gets those of the layers that the store can't give for this session's id map and that a cache has; the
  /// store's cache knows their steps from then on.
  void bring(const Session& session, const std::vector<oci::Digest>& diff_ids) const;

  /// Whether a layer could not be got, in whatever process of the build: what relied on it has to be made.
  bool failed(const store::Lease& lease) const;
  void clear() { sources_.clear(), steps_.clear(); }

 private:
  void fetch(const Session& session, const transfer::CacheSource& source,
             const std::vector<oci::Digest>& diff_ids) const;

  std::vector<transfer::CacheSource> sources_;
  std::unordered_map<std::string, oci::CachedStep> steps_;
};

/// Whether the store can give the layer for the session's id map, as it is or by unpacking.
bool is_here(const Session& session, const oci::Digest& diff_id);

/// store::ensure_layers(), with what the imported caches have.
void ensure_layers(const Session& session, const std::vector<oci::Digest>& diff_ids);

}  // namespace husk::build
