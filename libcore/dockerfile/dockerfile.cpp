#include "libcore/dockerfile/dockerfile.hpp"

#include "libcore/dockerfile/limits.hpp"

namespace husk::dockerfile {
namespace {

void add(Dockerfile& file, Instruction instruction) {
  if (const From* from = std::get_if<From>(&instruction.what)) {
    if (file.stages.size() == max_stages)
      throw SyntaxError(instruction.at, cat("more than ", max_stages, " stages"));
    file.stages.push_back({*from, instruction, {}});
  } else if (!file.stages.empty()) {
    file.stages.back().instructions.push_back(std::move(instruction));
  } else if (std::holds_alternative<Arg>(instruction.what)) {
    file.global_args.push_back(std::move(instruction));
  } else {
    throw SyntaxError(instruction.at, "no build stage in current context: FROM must come first");
  }
}

}  // namespace

Dockerfile parse_dockerfile(Source source) {
  Dockerfile file{std::move(source), {}, {}, '\\', {}};
  try {
    SyntaxTree tree = parse_syntax(file.source.text());
    file.escape = tree.escape;
    file.warnings = std::move(tree.warnings);
    for (const Node& node : tree.instructions) add(file, parse_instruction(node));
    if (file.stages.empty()) throw SyntaxError({1, 1}, "no build stage: there is no FROM");
  } catch (const SyntaxError& error) {
    file.source.fail(error.at(), error.what(), error.hint());
  }
  return file;
}

}  // namespace husk::dockerfile
