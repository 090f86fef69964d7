#include "libcore/dockerfile/lint.hpp"

#include "libcore/dockerfile/lint_stages.hpp"

#include <algorithm>

namespace husk::dockerfile {
namespace {

// Which instructions go on after an empty line is known by their last lines.
void check_continuations(const Dockerfile& file, LintReport& report) {
  for (const int line : file.empty_continuations) {
    report.add(Rule::no_empty_continuation, {line, line, {}}, "Empty continuation line");
  }
}

}  // namespace

std::string LintResult::violation() const {
  std::set<std::string_view> names;
  for (const LintWarning& warning : warnings) names.insert(info_of(warning.rule).name);
  std::string message;
  for (const std::string_view name : names) {
    message += message.empty() ? "lint violation found for rules: " : ", ";
    message += name;
  }
  return message;
}

LintResult lint(const Dockerfile& file, const LintInput& input, Diagnostics& diagnostics) {
  LintReport report(input.options);
  check_continuations(file, report);
  check_instructions(file, report);
  if (diagnostics.empty()) {
    check_stage_names(file, report);
    check_casing(file, report);
    check_default_arguments(file, input, report);
    check_meaning(file, input, report, diagnostics);
  }
  LintResult& result = report.result;
  std::stable_sort(
      result.warnings.begin(), result.warnings.end(),
      [](const LintWarning& left, const LintWarning& right) { return left.first_line < right.first_line; });
  return std::move(result);
}

}  // namespace husk::dockerfile
