#pragma once

#include "libcore/dockerfile/rules.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace husk::dockerfile {

/// What "# check=skip=A,B;experimental=C;error=true" says.
struct CheckOptions {
  bool skip_all = false;
  bool experimental_all = false;
  bool error = false;  // warnings are errors
  std::set<std::string, std::less<>> skip = {};
  std::set<std::string, std::less<>> experimental = {};

  /// Whether RULE is looked at. Experimental rules are by their name or "all" alone, others are not skipped
  /// so.
  bool allows(Rule rule) const;
};

/// Throws Error.
CheckOptions parse_check_options(std::string_view text);

/// Those for one instruction: OPTIONS, and what the first "# check=" among its COMMENTS adds to them. One
/// that can't be read is a comment like any other.
CheckOptions with_comments(CheckOptions options, const std::vector<std::string>& comments);

/// The comments that are none of these.
std::vector<std::string> without_checks(const std::vector<std::string>& comments);

}  // namespace husk::dockerfile
