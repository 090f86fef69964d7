#include "libcore/dockerfile/ignore_file.hpp"

#include "libcore/base/error.hpp"
#include "libcore/dockerfile/limits.hpp"
#include "libcore/dockerfile/runes.hpp"

#include <algorithm>

namespace husk::dockerfile {

std::string clean_path(std::string_view path) {
  const bool rooted = path.starts_with('/');
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    const bool goes_up = part == "..";
    if (goes_up && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!goes_up || !rooted) {
      parts.push_back(part);
    }
  }
  std::string out = rooted ? "/" : "";
  for (const std::string_view part : parts) {
    if (!out.empty() && out != "/") out += '/';
    out += part;
  }
  return out.empty() ? "." : out;
}

std::vector<std::string> parse_ignore_file(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<std::string> patterns;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('#')) continue;  // at the first column only
    line = trim(line);
    if (line.empty()) continue;
    const bool readmits = line.starts_with('!');
    if (readmits) line = trim(line.substr(1));
    std::string pattern;
    if (!line.empty()) {
      pattern = clean_path(line);
      if (pattern.size() > 1 && pattern[0] == '/') pattern.erase(0, 1);
    }
    patterns.push_back((readmits ? "!" : "") + pattern);
    if (patterns.size() > max_patterns) throw Error(cat("more than ", max_patterns, " patterns"));
  }
  return patterns;
}

IgnoreMatcher::IgnoreMatcher(const std::vector<std::string>& patterns) {
  for (const std::string& each : patterns) {
    const std::string_view trimmed = trim(each);
    if (trimmed.empty()) continue;
    const std::string pattern = clean_path(trimmed);
    const bool readmits = pattern[0] == '!';
    if (pattern == "!") throw Error("illegal exclusion pattern: \"!\"");
    rules_.push_back(
        {PathPattern(std::string_view(pattern).substr(readmits ? 1 : 0), Dialect::ignore), readmits});
  }
}

bool IgnoreMatcher::readmits() const noexcept {
  return std::any_of(rules_.begin(), rules_.end(), [](const Rule& rule) { return rule.readmits; });
}

bool IgnoreMatcher::matches(std::string_view path) const {
  bool left_out = false;
  for (const Rule& rule : rules_) {
    if (rule.readmits != left_out) continue;  // would change nothing
    bool match = rule.pattern.matches(path);
    for (auto slash = path.find('/'); !match && slash != std::string_view::npos;
         slash = path.find('/', slash + 1)) {
      match = rule.pattern.matches(path.substr(0, slash));
    }
    if (match) left_out = !rule.readmits;
  }
  return left_out;
}

bool IgnoreMatcher::matches(std::string_view path, const Verdicts& parent, Verdicts& own) const {
  bool left_out = false;
  own.assign(rules_.size(), false);
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    // Not skipped where it changes nothing for PATH: it may matter for what is below.
    own[i] = (!parent.empty() && parent[i]) || rules_[i].pattern.matches(path);
    if (own[i]) left_out = !rules_[i].readmits;
  }
  return left_out;
}

bool IgnoreMatcher::may_readmit_below(std::string_view directory) const {
  return std::any_of(rules_.begin(), rules_.end(), [&](const Rule& rule) {
    if (!rule.readmits) return false;
    const std::string_view prefix = rule.pattern.literal_prefix();
    const std::size_t common = std::min(prefix.size(), directory.size() + 1);
    const std::string below = cat(directory, "/");
    return prefix.substr(0, common) == std::string_view(below).substr(0, common);
  });
}

}  // namespace husk::dockerfile
