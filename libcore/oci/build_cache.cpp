#include "libcore/oci/build_cache.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/time.hpp"
#include "libcore/oci/json.hpp"
#include "libcore/oci/manifest.hpp"

#include <algorithm>

namespace husk::oci {
namespace {

// Keys and hashes of content are written without the name of the algorithm.
std::optional<Digest> parse_hex(const std::string& text) { return Digest::parse("sha256:" + text); }

CachedStep parse_step(const JsonObject& object, const std::vector<Digest>& diff_ids) {
  const auto key = parse_hex(object.text("key"));
  if (!key) object.fail("key", "is not 64 hexadecimal digits");
  CachedStep step{.key = *key};
  if (object.find("content") != nullptr) {
    step.content = object.text("content");
    if (!parse_hex(*step.content)) object.fail("content", "is not 64 hexadecimal digits");
    return step;
  }
  if (object.find("layer") != nullptr) {
    const std::uint64_t layer = object.size("layer");
    if (layer >= diff_ids.size()) object.fail("layer", "is the number of no layer");
    step.diff_id = diff_ids[layer];
  }
  step.created = object.text("created");
  if (!parse_rfc3339(step.created)) object.fail("created", "is not a time");
  step.title = escape(object.text("title"));
  if (step.title.size() > max_step_title) object.fail("title", "is too long");
  return step;
}

}  // namespace

std::string print_build_cache(const std::vector<CachedStep>& steps, const std::vector<Digest>& diff_ids) {
  Json json;
  json["diffIDs"] = Json::array();
  for (const Digest& diff_id : diff_ids) json["diffIDs"].push_back(diff_id.str());
  json["steps"] = Json::array();
  for (const CachedStep& step : steps) {
    Json entry = {{"key", step.key.hex()}};
    if (step.content) {
      entry["content"] = *step.content;
    } else {
      if (step.diff_id) {
        const auto found = std::ranges::find(diff_ids, *step.diff_id);
        if (found == diff_ids.end()) continue;
        entry["layer"] = found - diff_ids.begin();
      }
      entry["created"] = step.created;
      entry["title"] = step.title;
    }
    json["steps"].push_back(std::move(entry));
  }
  return json.dump();
}

BuildCache parse_build_cache(std::string_view text) {
  if (text.size() > max_manifest_size)
    throw Error(cat("the build cache is larger than ", max_manifest_size, " bytes"));
  const nlohmann::json json = parse_json(text, "the build cache");
  return in_context([] { return "build cache"; },
                    [&] {
                      const JsonObject top(json, "");
                      BuildCache cache;
                      for (const std::string& diff_id : top.texts("diffIDs")) {
                        const auto digest = Digest::parse(diff_id);
                        if (!digest) top.fail("diffIDs", cat("has ", quote(diff_id), ", which is no digest"));
                        cache.diff_ids.push_back(*digest);
                      }
                      if (cache.diff_ids.size() > max_layers)
                        top.fail("diffIDs", cat("has more than ", max_layers, " layers"));
                      const auto steps = top.objects("steps");
                      if (steps.size() > max_cached_steps)
                        top.fail("steps", cat("has more than ", max_cached_steps, " steps"));
                      for (const JsonObject& step : steps)
                        cache.steps.push_back(parse_step(step, cache.diff_ids));
                      return cache;
                    });
}

}  // namespace husk::oci
