#include "libcore/build/explain.hpp"

#include "libcore/base/io.hpp"
#include "libcore/base/sha256.hpp"
#include "libcore/base/text.hpp"
#include "libcore/store/build_logs.hpp"
#include "libcore/store/state_file.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace husk::build {
namespace {

constexpr const char* directory = "logs/parts";
constexpr std::size_t max_parts = 64 << 20;
constexpr std::size_t most_named = 6;
constexpr std::string_view file_prefix = "copied ";

using KeyParts = std::vector<std::pair<std::string_view, std::string_view>>;  // name, hash

KeyParts parse(std::string_view text) {
  KeyParts parts;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto blank = line.rfind(' ');
    if (blank != std::string_view::npos) parts.emplace_back(line.substr(0, blank), line.substr(blank + 1));
  }
  return parts;
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

std::string describe(std::string_view part) {
  const auto named = [&](std::string_view prefix, std::string_view what) -> std::optional<std::string> {
    if (!part.starts_with(prefix)) return std::nullopt;
    return cat(what, " '", part.substr(prefix.size()), "'");  // escaped already
  };
  if (const auto text = named("environment ", "the variable")) return *text;
  if (const auto text = named(file_prefix, "the file")) return *text;
  if (const auto text = named("file ", "the text of")) return *text;
  if (const auto text = named("source ", "what is at")) return *text;
  if (const auto text = named("mount ", "what is mounted on")) return *text;
  if (part == "parent") return "the step before";
  if (part == "arguments") return "the command";
  if (part == "content") return "what is copied";
  return cat("the ", part);
}

}  // namespace

std::string list_files(const std::vector<Selection>& selections) {
  std::string lines;
  for (const Selection& selection : selections) {
    for (const SourceEntry& entry : selection.entries) {
      if (entry.is_directory()) continue;
      const std::string content = cat(std::uint64_t{entry.status().st_mode}, " ", entry.link_target(),
                                      entry.is_file() ? as_text(*entry.file->content) : std::string_view());
      const std::string name = entry.relative().empty() ? selection.name : std::string(entry.relative());
      lines += cat(file_prefix, escape(name), " ", sha256_hex(as_bytes(content)).substr(0, 16), "\n");
    }
  }
  return lines;
}

std::vector<std::string> different_parts(std::string_view then, std::string_view now) {
  std::multimap<std::string_view, std::string_view> old;
  for (const auto& [name, hash] : parse(then)) old.emplace(name, hash);
  std::vector<std::string> different;
  for (const auto& [name, hash] : parse(now)) {
    const auto [begin, end] = old.equal_range(name);
    const auto same =
        std::find_if(begin, end, [&, &value = hash](const auto& each) { return each.second == value; });
    if (same != end) {
      old.erase(same);
      continue;
    }
    if (begin != end) old.erase(begin);
    different.emplace_back(name);
  }
  for (const auto& [name, hash] : old) different.emplace_back(name);
  return different;
}

std::string describe_parts(std::vector<std::string> different) {
  // That one file differs says more than that the files do.
  const bool has_files = std::any_of(different.begin(), different.end(),
                                     [](const std::string& part) { return part.starts_with(file_prefix); });
  if (has_files) std::erase(different, "content");
  std::string text;
  for (std::size_t i = 0; i < different.size() && i < most_named; ++i) {
    if (i > 0) text += i + 1 == different.size() ? " and " : ", ";
    text += describe(different[i]);
  }
  if (different.size() > most_named) text += cat(" and ", different.size() - most_named, " more");
  return text + (different.size() == 1 ? " differs" : " differ");
}

void put_parts(const store::Lease& lease, const std::string& key, const std::string& parts) {
  store::write_state_file(lease, directory, key, parts, store::Durability::lazy);
}

std::string explain_miss(const store::Store& store, std::string_view title, const std::string& parts) {
  std::optional<std::vector<std::string>> fewest;
  std::vector<store::BuildRecord> builds = store::list_build_records(store);
  std::reverse(builds.begin(), builds.end());  // of those that have as much in common, the newest
  for (const store::BuildRecord& build : builds) {
    for (const store::StepRecord& step : build.steps) {
      if (first_word(step.text) != first_word(title)) continue;
      const auto old = store::find_state_file(store, cat(directory, "/", step.key), max_parts);
      if (!old) continue;
      std::vector<std::string> different = different_parts(*old, parts);
      if (!fewest || different.size() < fewest->size()) fewest = std::move(different);
    }
  }
  if (!fewest) return "nothing like it was made before";
  if (fewest->empty()) return "it was made before, and what it gave is not in the cache or not wanted";
  return describe_parts(std::move(*fewest));
}

}  // namespace husk::build
