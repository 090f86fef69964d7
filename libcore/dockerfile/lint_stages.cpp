#include "libcore/dockerfile/lint_stages.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/dockerfile/runes.hpp"

#include <algorithm>

namespace husk::dockerfile {
namespace {

bool in_lower_case(std::string_view text) { return to_lower(text) == text; }
bool in_upper_case(std::string_view text) { return to_upper(text) == text; }

// The last comment before an ARG or FROM is a description, "NAME what it is".
void check_description(const Instruction& instruction, const std::vector<std::string>& names,
                       LintReport& report) {
  const std::vector<std::string> comments = without_checks(instruction.comments);
  if (comments.empty() || names.empty()) return;
  const std::string word = comments.back().substr(0, comments.back().find(' '));
  if (std::find(names.begin(), names.end(), word) != names.end()) return;
  report.add(Rule::invalid_definition_description, place_of(instruction),
             cat("Comment for ", instruction.keyword, " should follow the format: `# ",
                 names.size() > 1 ? "<arg_key>" : names.front(), " <description>`"));
}

void check_from(const Instruction& instruction, const From& from, LintReport& report) {
  const LintPlace place = place_of(instruction);
  if (!in_lower_case(from.written_name.text)) {
    report.add(Rule::stage_name_casing, place,
               cat("Stage name '", from.written_name.text, "' should be lowercase"));
  }
  const std::string_view keyword = instruction.written_keyword();
  const std::string& as = from.as.text;
  if ((in_lower_case(keyword) && !in_lower_case(as)) || (in_upper_case(keyword) && !in_upper_case(as))) {
    report.add(Rule::from_as_casing, place,
               cat("'", as, "' and '", keyword, "' keywords' casing do not match"));
  }
  if (!from.name.empty()) check_description(instruction, {from.name}, report);
}

void check_instruction(const Instruction& instruction, LintReport& report) {
  if (std::holds_alternative<Maintainer>(instruction.what)) {
    report.add(Rule::maintainer_deprecated, place_of(instruction),
               "Maintainer instruction is deprecated in favor of using label");
  } else if (const Arg* arg = std::get_if<Arg>(&instruction.what)) {
    std::vector<std::string> names;
    for (const Arg::Item& item : arg->items) names.push_back(item.name.text);
    check_description(instruction, names, report);
  }
}

template <class Visit>
void for_each_instruction(const Dockerfile& file, const Visit& visit) {
  for (const Stage& stage : file.stages) {
    visit(stage.instruction);
    for (const Instruction& instruction : stage.instructions) visit(instruction);
  }
}

}  // namespace

void LintReport::add(Rule rule, const LintPlace& place, std::string detail) {
  const CheckOptions options =
      place.comments == nullptr ? options_ : with_comments(options_, *place.comments);
  if (!options.allows(rule)) return;
  result.is_error |= options.error;
  result.warnings.push_back({rule, std::move(detail), place.first_line, place.last_line});
}

void check_instructions(const Dockerfile& file, LintReport& report) {
  for (const Instruction& instruction : file.global_args) check_instruction(instruction, report);
  for (const Stage& stage : file.stages) {
    check_from(stage.instruction, stage.from, report);
    for (const Instruction& instruction : stage.instructions) check_instruction(instruction, report);
  }
}

void check_stage_names(const Dockerfile& file, LintReport& report) {
  std::set<std::string_view> names;
  for (const Stage& stage : file.stages) {
    const std::string& name = stage.from.name;
    if (name.empty()) continue;
    const LintPlace place = place_of(stage.instruction);
    if (name == "context" || name == "scratch") {
      report.add(Rule::reserved_stage_name, place,
                 cat("Stage name should not use the same name as reserved stage \"", name, "\""));
    }
    if (!names.insert(name).second) {
      report.add(Rule::duplicate_stage_name, place,
                 cat("Duplicate stage name \"", name, "\", stage names should be unique"));
    }
  }
}

void check_casing(const Dockerfile& file, LintReport& report) {
  std::size_t lower = 0, upper = 0;
  for_each_instruction(file, [&](const Instruction& instruction) {
    const std::string_view keyword = instruction.written_keyword();
    if (in_lower_case(keyword)) ++lower;
    if (in_upper_case(keyword)) ++upper;
  });
  for_each_instruction(file, [&](const Instruction& instruction) {
    const std::string_view keyword = instruction.written_keyword();
    if (lower > upper ? in_lower_case(keyword) : in_upper_case(keyword)) return;
    report.add(Rule::consistent_instruction_casing, place_of(instruction),
               cat("Command '", keyword, "' should match the case of the command majority (",
                   lower > upper ? "lowercase" : "uppercase", ")"));
  });
}

void check_default_arguments(const Dockerfile& file, const LintInput& input, LintReport& report) {
  try {
    const Globals globals = evaluate_globals(file, {}, input.world.predefined);
    for (const Stage& stage : file.stages) {
      const Word& image = stage.from.image;
      if (input.is_image_name(expand_word(image, globals.values, {.escape = file.escape}).text)) continue;
      report.add(Rule::invalid_default_arg_in_from, place_of(stage.instruction),
                 cat("Default value for ARG ", image.text, " results in empty or invalid base image name"));
    }
  } catch (const SyntaxError&) {
    return;  // told by check_meaning(), unless --build-arg mends it
  }
}

}  // namespace husk::dockerfile
