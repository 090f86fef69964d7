#include "libcore/build/imported_caches.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/lock.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/build/cached_step.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/layers.hpp"

#include <fcntl.h>
#include <algorithm>
#include <chrono>

namespace husk::build {
namespace {

// In the directory that the processes of a build share.
constexpr const char* failure_mark = "cache-failed";
constexpr const char* fetch_lock = "cache-fetch";

}  // namespace

void ImportedCaches::read(const Session& session, const std::vector<oci::Platform>& platforms) {
  for (const transfer::CachePlace& place : session.options.cache_from) {
    // The images of an index have a cache each.
    bool again = true;
    for (std::size_t i = 0; i < platforms.size() && again; ++i) {
      try {
        sources_.emplace_back(place, platforms[i]);
      } catch (const Error& error) {
        session.report({.kind = Event::Kind::note,
                        .text = cat("warning: the cache ", place.str(), " is not used: ", error.what())});
        break;
      }
      again = sources_.back().has_platforms();
      for (const oci::CachedStep& step : sources_.back().steps()) {
        steps_.try_emplace(std::string(step.key.hex()), step);
      }
    }
  }
}

std::optional<store::CacheRecord> ImportedCaches::find(const std::string& key) const {
  const auto found = steps_.find(key);
  return found == steps_.end() ? std::nullopt : std::optional(record_of(found->second));
}

std::optional<oci::Descriptor> ImportedCaches::find_blob(const oci::Digest& diff_id) const {
  for (const transfer::CacheSource& source : sources_) {
    if (auto blob = source.find_layer(diff_id)) return blob;
  }
  return std::nullopt;
}

void ImportedCaches::bring(const Session& session, const std::vector<oci::Digest>& diff_ids) const {
  const auto is_missing = [&](const oci::Digest& diff_id) {
    return !is_here(session, diff_id) && has_layer(diff_id);
  };
  if (std::none_of(diff_ids.begin(), diff_ids.end(), is_missing)) return;
  const Fd guard = sys::create_at(session.lease.tmp(), fetch_lock, O_CREAT | O_RDWR, 0600);
  lock(guard.get(), LockKind::exclusive, "layers of a cache", [](const std::string&) {});
  for (const transfer::CacheSource& source : sources_) {
    std::vector<oci::Digest> wanted;
    for (const oci::Digest& diff_id : diff_ids) {
      if (is_missing(diff_id) && source.find_layer(diff_id)) wanted.push_back(diff_id);
    }
    if (!wanted.empty()) fetch(session, source, wanted);
  }
}

void ImportedCaches::fetch(const Session& session, const transfer::CacheSource& source,
                           const std::vector<oci::Digest>& diff_ids) const {
  const std::string name = cat("cache ", source.place().str());
  const auto began = std::chrono::steady_clock::now();
  session.report({.kind = Event::Kind::pulling, .text = name});
  const transfer::Progress progress{[&](const transfer::State& state) {
    check_interrupted();
    session.report({.kind = Event::Kind::pulling, .text = name, .bytes = state.bytes, .total = state.total});
  }};
  try {
    in_context([&] { return cat("get layers of the ", name); },
               [&] { source.fetch(session.lease, session.map, diff_ids, progress); });
  } catch (const Error&) {
    check_interrupted();
    (void)sys::create_at(session.lease.tmp(), failure_mark, O_CREAT | O_WRONLY, 0600);
    throw;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  session.report({.kind = Event::Kind::pulled, .text = name, .seconds = seconds});
  for (const oci::CachedStep& step : source.steps()) {
    if (step.diff_id && std::find(diff_ids.begin(), diff_ids.end(), *step.diff_id) != diff_ids.end())
      store::put_cache_record(session.lease, std::string(step.key.hex()), record_of(step));
  }
}

bool ImportedCaches::failed(const store::Lease& lease) const {
  return !sources_.empty() && ::faccessat(lease.tmp(), failure_mark, F_OK, 0) == 0;
}

bool is_here(const Session& session, const oci::Digest& diff_id) {
  for (const auto map : {userns::MapKind::subordinate, userns::MapKind::single}) {
    if (store::find_layer(session.store(), map, diff_id)) return true;
  }
  const auto blob = store::find_layer_blob(session.store(), diff_id);
  return blob && store::find_blob(session.store(), blob->digest);
}

void ensure_layers(const Session& session, const std::vector<oci::Digest>& diff_ids) {
  session.imported.bring(session, diff_ids);
  store::ensure_layers(session.lease, session.map, diff_ids);
}

}  // namespace husk::build
