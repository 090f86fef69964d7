#include "libcore/build/export_cache.hpp"

#include "libcore/base/error.hpp"
#include "libcore/build/cached_step.hpp"
#include "libcore/build/imported_caches.hpp"
#include "libcore/transfer/push_cache.hpp"

namespace husk::build {
namespace {

std::vector<oci::CachedStep> describe(const Session& session, const std::vector<std::string>& keys) {
  std::vector<oci::CachedStep> steps;
  std::set<std::string> described;
  for (const std::string& key : keys) {
    if (!described.insert(key).second) continue;
    auto record = store::find_cache_record(session.store(), key);
    if (!record) record = session.imported.find(key);
    auto step = record ? cached_step(key, *record) : std::nullopt;
    if (!step) continue;
    // A layer that an image brought, and that went away with it.
    const bool lost =
        step->diff_id && !is_here(session, *step->diff_id) && !session.imported.has_layer(*step->diff_id);
    if (!lost) steps.push_back(std::move(*step));
  }
  return steps;
}

void export_cache(const Session& session, const CacheTarget& target, const std::vector<std::string>& keys) {
  const auto find_elsewhere = [&](const oci::Digest& diff_id) {
    return is_here(session, diff_id) ? std::nullopt : session.imported.find_blob(diff_id);
  };
  (void)transfer::push_cache(session.lease, *target.place,
                             {.steps = describe(session, keys),
                              .compression = target.compression,
                              .find_elsewhere = find_elsewhere,
                              .fetch = [&](const std::vector<oci::Digest>& diff_ids) {
                                session.imported.bring(session, diff_ids);
                              }});
  session.report({.kind = Event::Kind::note, .text = cat("exported the cache to ", target.place->str())});
}

}  // namespace

void export_caches(const Session& session, const BuiltSteps& steps) {
  for (const CacheTarget& target : session.options.cache_to) {
    if (!target.place) continue;
    try {
      in_context([&] { return cat("export the cache to ", target.place->str()); },
                 [&] {
                   export_cache(session, target,
                                target.mode == CacheTarget::Mode::max ? steps.all : steps.image);
                 });
    } catch (const Error& error) {
      if (!target.may_fail) throw;
      session.report({.kind = Event::Kind::note, .text = cat("warning: ", error.what())});
    }
    check_interrupted();
  }
}

std::string inline_cache(const Session& session, const BuiltSteps& steps,
                         const std::vector<oci::Digest>& diff_ids) {
  return oci::print_build_cache(describe(session, steps.image), diff_ids);
}

}  // namespace husk::build
