#pragma once

#include "libcore/dockerfile/path_pattern.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace husk::dockerfile {

/// The patterns of a .dockerignore: without comments, blanks, byte order mark and leading "/", cleaned as
/// Go's filepath.Clean does; "!" stays in front.
std::vector<std::string> parse_ignore_file(std::string_view text);

/// Which paths of a build context are left out. Patterns begin at the root of the context; one that matches a
/// directory matches all below it; the last pattern that matches decides.
class IgnoreMatcher {
 public:
  IgnoreMatcher() = default;
  /// Throws Error for a malformed pattern or a lone "!".
  explicit IgnoreMatcher(const std::vector<std::string>& patterns);

  bool empty() const noexcept { return rules_.empty(); }

  /// Whether there is a "!".
  bool readmits() const noexcept;

  /// Whether PATH ("dir/file", relative and clean) is left out.
  bool matches(std::string_view path) const;

  /// For a walk: what each pattern said of a directory, so that its children need not look at it again.
  using Verdicts = std::vector<bool>;
  bool matches(std::string_view path, const Verdicts& parent, Verdicts& own) const;

  /// Whether something below DIRECTORY, which is left out, may be let in again.
  bool may_readmit_below(std::string_view directory) const;

 private:
  struct Rule {
    PathPattern pattern;
    bool readmits;
  };
  std::vector<Rule> rules_;
};

/// Go's path.Clean: no "//", "/./", "x/..", no "/" at the end; "" is ".".
std::string clean_path(std::string_view path);

}  // namespace husk::dockerfile
