#include "libcore/build/inclusion.hpp"

#include <algorithm>

namespace husk::build {

using dockerfile::Dialect;

Inclusion::Inclusion(std::string_view pattern) {
  if (pattern.empty()) return;
  pattern_.emplace_back(pattern, Dialect::ignore);
  for (std::string_view rest = pattern; !rest.empty() && !any_depth_;) {
    const std::string_view component = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(component.size() + 1, rest.size()));
    any_depth_ = component.find("**") != std::string_view::npos;
    if (!any_depth_) components_.emplace_back(component, Dialect::ignore);
  }
}

bool Inclusion::matches(std::string_view path) const {
  return everything() || pattern_.front().matches(path);
}

bool Inclusion::may_match_below(std::string_view directory) const {
  if (everything()) return true;
  const auto depth = static_cast<std::size_t>(std::count(directory.begin(), directory.end(), '/'));
  if (depth >= components_.size()) return any_depth_;
  // The directories above it have been asked about.
  const std::string_view name = directory.substr(directory.rfind('/') + 1);
  return components_[depth].matches(name) && (any_depth_ || depth + 1 < components_.size());
}

}  // namespace husk::build
