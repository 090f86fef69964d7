#include "libcore/build/verify.hpp"

#include "libcore/base/child.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/build/compare_layers.hpp"
#include "libcore/build/read_layer.hpp"
#include "libcore/store/layers.hpp"

#include <algorithm>

namespace husk::build {
namespace {

constexpr std::size_t most_files_named = 20;

LayerFacts facts_of(const Session& session, const oci::Digest& diff_id) {
  LayerFacts facts;
  read_layer(session, diff_id, [&](int tar) { facts = read_layer_facts(archive::read_from(tar)); });
  return facts;
}

// What made the layer, from the history: the lines that made none are left out.
std::string maker_of(const oci::ImageConfig& config, std::size_t layer) {
  constexpr std::size_t longest = 60;
  std::size_t index = 0;
  for (const oci::HistoryEntry& entry : config.history) {
    if (entry.empty_layer || index++ != layer) continue;
    const std::string& text = entry.created_by;
    return text.size() > longest ? cat(escape(text.substr(0, longest)), "…") : escape(text);
  }
  return "not in the history";
}

void report_layer(const Session& session, const std::string& title, const std::vector<std::string>& lines) {
  const auto say = [&](const std::string& text) {
    session.report({.kind = Event::Kind::note, .text = text});
  };
  say(title);
  for (std::size_t i = 0; i < std::min(lines.size(), most_files_named); ++i) say(cat("  ", lines[i]));
  if (lines.size() > most_files_named) say(cat("  and ", lines.size() - most_files_named, " more files"));
}

// Without what may differ, and what is compared layer by layer.
oci::ImageConfig outline(oci::ImageConfig config) {
  config.created.clear();
  config.diff_ids.clear();
  for (oci::HistoryEntry& entry : config.history) entry.created.clear();
  return config;
}

bool only_times(const std::vector<std::string>& lines) {
  return std::all_of(lines.begin(), lines.end(), [](const std::string& line) {
    const auto at = line.find(": time ");
    return at != std::string::npos && line.find(", ", at) == std::string::npos;
  });
}

}  // namespace

void require_same_image(const Session& session, const oci::ImageConfig& first,
                        const oci::ImageConfig& second) {
  std::size_t different = 0;
  bool times = true;
  for (std::size_t i = 0; i < std::max(first.diff_ids.size(), second.diff_ids.size()); ++i) {
    if (i < first.diff_ids.size() && i < second.diff_ids.size() && first.diff_ids[i] == second.diff_ids[i])
      continue;
    ++different;
    check_interrupted();
    const oci::ImageConfig& longer = i < first.diff_ids.size() ? first : second;
    const auto facts = [&](const oci::ImageConfig& config) {
      return i < config.diff_ids.size() ? facts_of(session, config.diff_ids[i]) : LayerFacts();
    };
    const std::vector<std::string> lines = compare_layers(facts(first), facts(second));
    times = times && only_times(lines);
    report_layer(session, cat("layer ", i + 1, " differs (", maker_of(longer, i), "):"), lines);
  }
  if (different == 0 && outline(first) == outline(second)) return;
  if (different == 0) throw Error("the second build gave another configuration");
  Error error(cat("the second build gave another image: ", different, " of ", first.diff_ids.size(),
                  different == 1 ? " layers differs" : " layers differ"));
  if (times) {
    error.set_hint(
        "with SOURCE_DATE_EPOCH set, -o type=image,rewrite-timestamp=true makes the times the same");
  }
  throw error;
}

}  // namespace husk::build
