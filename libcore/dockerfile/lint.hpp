#pragma once

#include "libcore/dockerfile/check_options.hpp"
#include "libcore/dockerfile/evaluate.hpp"
#include "libcore/dockerfile/ignore_file.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace husk::dockerfile {

struct LintWarning {
  Rule rule;
  std::string detail;
  int first_line = 0, last_line = 0;
};

/// What can't be decided here.
struct LintInput {
  World world = {};
  CheckOptions options = {};
  const IgnoreMatcher* ignore = nullptr;  // of the build context
  std::function<bool(std::string_view)> is_image_name = {};
  struct Platform {
    std::string os, architecture;
  };
  std::function<std::optional<Platform>(std::string_view)> parse_platform = {};
};

struct LintResult {
  std::vector<LintWarning> warnings = {};  // in the order of the lines
  bool is_error = false;                   // some of them came where "error=true" holds
  /// Images that a warning might not be there with, if they were here.
  std::set<std::string> unknown_images = {};

  /// "lint violation found for rules: A, B"
  std::string violation() const;
};

/// Looks at what of FILE could be parsed, with the rules of BuildKit. If DIAGNOSTICS has errors already, only
/// what each instruction says by itself is looked at; what can't be evaluated is added to it.
LintResult lint(const Dockerfile& file, const LintInput& input, Diagnostics& diagnostics);

}  // namespace husk::dockerfile
