#include "libcore/build/rewrite_times.hpp"

#include "libcore/base/child.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/time.hpp"
#include "libcore/build/imported_caches.hpp"
#include "libcore/build/read_layer.hpp"
#include "libcore/build/step_key.hpp"
#include "libcore/store/cache.hpp"
#include "libcore/store/layers.hpp"

namespace husk::build {
namespace {

void limit(std::string& text, std::int64_t newest) {
  const auto time = parse_rfc3339(text);
  if (time && *time > Time{newest, 0}) text = format_rfc3339({newest, 0});
}

oci::Digest rewrite(const Session& session, const oci::Digest& diff_id, std::int64_t newest) {
  std::optional<oci::Digest> made;
  read_layer(session, diff_id, [&](int tar) {
    made = store::unpack_layer(session.lease, session.map, tar, std::nullopt, newest).diff_id;
  });
  return *made;
}

oci::Digest find_or_rewrite(const Session& session, const oci::Digest& diff_id, std::int64_t newest) {
  StepKey step("", "rewrite-timestamp");
  step.add("layer", diff_id.str());
  step.add("newest", cat(newest));
  const std::string key = step.finish();
  const auto known = store::find_cache_record(session.store(), key);
  if (known && known->diff_id && store::find_layer(session.store(), session.map.kind, *known->diff_id))
    return *known->diff_id;
  oci::Digest made = in_context([&] { return cat("rewrite the times of layer ", diff_id.str()); },
                                [&] { return rewrite(session, diff_id, newest); });
  store::put_cache_record(session.lease, key, {.diff_id = made, .note = cat("times until ", newest)});
  return made;
}

}  // namespace

oci::ImageConfig with_times_until(oci::ImageConfig config, std::int64_t newest) {
  limit(config.created, newest);
  for (oci::HistoryEntry& entry : config.history) limit(entry.created, newest);
  return config;
}

oci::ImageConfig rewrite_layer_times(const Session& session, oci::ImageConfig config, std::size_t base,
                                     std::int64_t newest) {
  ensure_layers(session, config.diff_ids);
  for (std::size_t i = base; i < config.diff_ids.size(); ++i) {
    check_interrupted();
    config.diff_ids[i] = find_or_rewrite(session, config.diff_ids[i], newest);
  }
  return config;
}

}  // namespace husk::build
