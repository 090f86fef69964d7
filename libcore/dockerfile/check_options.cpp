#include "libcore/dockerfile/check_options.hpp"

#include "libcore/base/error.hpp"
#include "libcore/dockerfile/lexer.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/values.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace husk::dockerfile {
namespace {

using Names = std::set<std::string, std::less<>>;

Names split_names(std::string_view list) {
  Names names;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    names.emplace(trim(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return names;
}

void apply(CheckOptions& options, std::string_view part) {
  const auto equals = part.find('=');
  if (equals == std::string_view::npos) throw Error(cat("invalid check option ", quote(part)));
  const std::string_view name = trim(part.substr(0, equals)), value = trim(part.substr(equals + 1));
  if (name == "skip") {
    options.skip_all = value == "all";
    options.skip = split_names(value);
  } else if (name == "experimental") {
    options.experimental_all = value == "all";
    options.experimental = split_names(value);
  } else if (name == "error") {
    const auto error = parse_bool(value);
    if (!error) throw Error(cat("failed to parse check option ", quote(part), ": neither true nor false"));
    options.error = *error;
  } else {
    throw Error(cat("invalid check option ", quote(name), " (there are skip, experimental and error)"));
  }
}

// Its first word; the rest is a remark.
std::optional<std::string> check_in(std::string_view comment) {
  const auto directive = parse_directive(cat("#", comment));
  if (!directive || directive->name != "check") return std::nullopt;
  return directive->value.substr(0, directive->value.find(' '));
}

}  // namespace

bool CheckOptions::allows(Rule rule) const {
  const RuleInfo& info = info_of(rule);
  if (info.experimental) return experimental_all || experimental.contains(info.name);
  return !skip_all && !skip.contains(info.name);
}

CheckOptions parse_check_options(std::string_view text) {
  CheckOptions options;
  text = trim(text);
  while (!text.empty()) {
    const auto semicolon = std::min(text.find(';'), text.size());
    apply(options, text.substr(0, semicolon));
    text.remove_prefix(std::min(semicolon + 1, text.size()));
  }
  return options;
}

CheckOptions with_comments(CheckOptions options, const std::vector<std::string>& comments) {
  for (const std::string& comment : comments) {
    const auto check = check_in(comment);
    if (!check) continue;
    try {
      CheckOptions own = parse_check_options(*check);
      options.skip_all |= own.skip_all;
      options.experimental_all |= own.experimental_all;
      options.error |= own.error;
      options.skip.merge(own.skip);
      options.experimental.merge(own.experimental);
    } catch (const Error&) {
      return options;
    }
    break;
  }
  return options;
}

std::vector<std::string> without_checks(const std::vector<std::string>& comments) {
  std::vector<std::string> out;
  std::copy_if(comments.begin(), comments.end(), std::back_inserter(out),
               [](const std::string& comment) { return !check_in(comment); });
  return out;
}

}  // namespace husk::dockerfile
