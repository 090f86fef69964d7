#include "libcore/build/squash.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/build/imported_caches.hpp"
#include "libcore/build/step_key.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/store/cache.hpp"
#include "libcore/store/squash_layers.hpp"

#include <algorithm>

namespace husk::build {
namespace {

using dockerfile::Dockerfile;

bool is_mark(std::string_view line) {
  std::string text;  // without blanks
  for (const char c : line) {
    if (c != ' ' && c != '\t' && c != '\r') text += c;
  }
  return to_lower(text) == "#husk:squash";
}

/// What is squashed into a layer, as the cache's key.
std::string key_of(const Session& session, const std::vector<oci::Digest>& base,
                   const std::vector<oci::Digest>& layers) {
  StepKey key("", "squash");
  for (const oci::Digest& diff_id : base) key.add("base", diff_id.str());
  for (const oci::Digest& diff_id : layers) key.add("layer", diff_id.str());
  key.add("map", userns::map_name(session.map.kind));
  return key.finish();
}

std::optional<oci::Digest> make(const Session& session, const std::vector<oci::Digest>& base,
                                const std::vector<oci::Digest>& layers) {
  const std::string key = key_of(session, base, layers);
  const auto known = store::find_cache_record(session.store(), key);
  if (known && (!known->diff_id || is_here(session, *known->diff_id))) return known->diff_id;
  auto diff_id = store::squash_layers(session.lease, session.map, base, layers);
  store::put_cache_record(session.lease, key, {.diff_id = diff_id, .note = "squash"});
  return diff_id;
}

// COUNT entries, counted from the end, had layers; one of them at most has one from now on.
void mark_history(oci::ImageConfig& config, std::size_t count, bool has_layer) {
  for (auto entry = config.history.rbegin(); entry != config.history.rend() && count > 0; ++entry) {
    if (entry->empty_layer) continue;
    entry->empty_layer = !has_layer;
    has_layer = false;
    --count;
  }
}

}  // namespace

std::vector<std::optional<std::size_t>> find_squash_marks(const Dockerfile& file) {
  std::vector<std::optional<std::size_t>> marks(file.stages.size());
  std::string_view rest = file.source.text();
  std::optional<std::size_t> stage;  // that the line is in
  std::size_t next = 0;              // the stage's first instruction that does not end before the line
  for (int number = 1; !rest.empty(); ++number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::size_t following = stage ? *stage + 1 : 0;
    if (following < file.stages.size() && file.stages[following].instruction.first_line <= number) {
      stage = following;
      next = 0;
    }
    if (stage) {
      const auto& instructions = file.stages[*stage].instructions;
      while (next < instructions.size() && instructions[next].last_line < number) ++next;
      // In an instruction it is text, as in a heredoc, or a comment between its lines.
      if (next < instructions.size() && instructions[next].first_line <= number) continue;
    }
    if (!is_mark(line)) continue;
    if (!stage) file.source.fail({number, 1}, "there is nothing to squash before the first FROM");
    if (!marks[*stage]) marks[*stage] = next;
  }
  return marks;
}

void squash(const Session& session, oci::ImageConfig& config, std::size_t kept) {
  if (config.diff_ids.size() <= kept) return;
  const auto first = config.diff_ids.begin() + static_cast<std::ptrdiff_t>(kept);
  const std::vector<oci::Digest> base(config.diff_ids.begin(), first), layers(first, config.diff_ids.end());
  if (layers.size() == 1) return;
  const auto diff_id = in_context([] { return "squash"; }, [&] { return make(session, base, layers); });
  config.diff_ids = base;
  if (diff_id) config.diff_ids.push_back(*diff_id);
  mark_history(config, layers.size(), diff_id.has_value());
}

}  // namespace husk::build
