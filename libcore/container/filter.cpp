#include "libcore/container/filter.hpp"

#include "libcore/base/error.hpp"

#include <algorithm>

namespace husk::container {

Filter parse_filter(const std::string& text, std::span<const std::string_view> known) {
  const auto equals = text.find('=');
  Filter filter{text.substr(0, equals), equals == std::string::npos ? "" : text.substr(equals + 1)};
  if (equals != std::string::npos && std::ranges::find(known, filter.key) != known.end()) return filter;
  std::string all;
  for (const std::string_view each : known)
    all += cat(all.empty() ? "" : each == known.back() ? " and " : ", ", each);
  Error error(cat("filter ", quote(text), " is not NAME=VALUE with a name that is known"), Exit::usage);
  error.set_hint(cat("known are ", all));
  throw error;
}

void refuse_value(const Filter& filter, std::string_view why) {
  throw Error(cat("filter ", quote(cat(filter.key, "=", filter.value)), " ", why), Exit::usage);
}

bool has_label(const std::map<std::string, std::string>& labels, const std::string& wanted) {
  const auto equals = wanted.find('=');
  const auto found = labels.find(wanted.substr(0, equals));
  return found != labels.end() && (equals == std::string::npos || found->second == wanted.substr(equals + 1));
}

}  // namespace husk::container
