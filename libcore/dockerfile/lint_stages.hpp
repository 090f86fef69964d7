#pragma once

#include "libcore/dockerfile/lint.hpp"

#include <string>
#include <vector>

namespace husk::dockerfile {

/// Where a warning belongs.
struct LintPlace {
  int first_line = 0, last_line = 0;
  const std::vector<std::string>* comments = nullptr;  // "# check=" may be among them
};

inline LintPlace place_of(const Instruction& instruction) {
  return {instruction.first_line, instruction.last_line, &instruction.comments};
}

/// Collects warnings of rules that are not skipped.
class LintReport {
 public:
  explicit LintReport(const CheckOptions& options) : options_(options) {}
  void add(Rule rule, const LintPlace& place, std::string detail);

  LintResult result;

 private:
  const CheckOptions& options_;
};

// The parts of lint().

/// What an instruction says by itself.
void check_instructions(const Dockerfile& file, LintReport& report);
void check_stage_names(const Dockerfile& file, LintReport& report);
/// All keywords in the case of the majority.
void check_casing(const Dockerfile& file, LintReport& report);
/// Every FROM names an image even without --build-arg.
void check_default_arguments(const Dockerfile& file, const LintInput& input, LintReport& report);
/// What depends on variables and on what came before.
void check_meaning(const Dockerfile& file, const LintInput& input, LintReport& report,
                   Diagnostics& diagnostics);

}  // namespace husk::dockerfile
