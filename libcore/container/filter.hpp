#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace husk::container {

/// What one --filter asks for: "KEY=VALUE".
struct Filter {
  std::string key;
  std::string value;
};

/// Throws Error with exit usage if the key is none of KNOWN, which the hint lists.
Filter parse_filter(const std::string& text, std::span<const std::string_view> known);

/// The error for a filter with a value that can't be.
[[noreturn]] void refuse_value(const Filter& filter, std::string_view why);

/// Whether LABELS has what "label=NAME" or "label=NAME=VALUE" asks for.
bool has_label(const std::map<std::string, std::string>& labels, const std::string& wanted);

}  // namespace husk::container
