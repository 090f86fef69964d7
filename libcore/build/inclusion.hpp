#pragma once

#include "libcore/dockerfile/path_pattern.hpp"

#include <string_view>
#include <vector>

namespace husk::build {

/// Which paths below a directory COPY --parents takes: those that match a pattern as one of an ignore file
/// does, with all that is below them.
class Inclusion {
 public:
  /// Everything.
  Inclusion() = default;
  /// PATTERN is clean and has no leading "/"; "" is everything. Throws Error for a malformed "[…]".
  explicit Inclusion(std::string_view pattern);

  bool everything() const noexcept { return pattern_.empty(); }

  /// PATH itself; what is above it has not matched.
  bool matches(std::string_view path) const;
  /// Whether something below DIRECTORY, which has not matched, can.
  bool may_match_below(std::string_view directory) const;

 private:
  std::vector<dockerfile::PathPattern> pattern_;     // one or none
  std::vector<dockerfile::PathPattern> components_;  // up to the first "**"
  bool any_depth_ = false;                           // there is a "**"
};

}  // namespace husk::build
