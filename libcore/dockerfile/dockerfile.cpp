#include "libcore/dockerfile/dockerfile.hpp"

#include "libcore/dockerfile/limits.hpp"

#include <algorithm>
#include <charconv>

namespace husk::dockerfile {
namespace {

class Builder {
 public:
  Builder(Dockerfile& file, Diagnostics& diagnostics) : file_(file), diagnostics_(diagnostics) {}

  void add(const Node& node) {
    if (diagnostics_.full()) return;
    auto instruction = parse_instruction(node, diagnostics_);
    if (node.keyword == "from") {
      in_stage_ = true;
      if (instruction) open_stage(std::move(*instruction));
    } else if (!instruction) {
      return;
    } else if (in_stage_) {
      if (!file_.stages.empty()) file_.stages.back().instructions.push_back(std::move(*instruction));
    } else if (std::holds_alternative<Arg>(instruction->what)) {
      file_.global_args.push_back(std::move(*instruction));
    } else {
      diagnostics_.add({instruction->at, "no build stage in current context: FROM must come first"});
      in_stage_ = true;  // said once
    }
  }

  void finish() {
    for (std::size_t i = 0; i < file_.stages.size(); ++i) check_stage_numbers(i);
    if (file_.stages.empty() && diagnostics_.empty()) {
      diagnostics_.add({{1, 1}, "no build stage: there is no FROM"});
    }
  }

 private:
  void open_stage(Instruction instruction) {
    if (file_.stages.size() == max_stages) {
      diagnostics_.add({instruction.at, cat("more than ", max_stages, " stages")});
    } else {
      From from = std::get<From>(instruction.what);
      file_.stages.push_back({std::move(from), std::move(instruction), {}});
    }
  }

  // "COPY --from=2": names may be those of images and contexts that only the builder knows, numbers are
  // stages.
  void check_stage_numbers(std::size_t stage) {
    for (const Instruction& instruction : file_.stages[stage].instructions) {
      const Copy* const copy = std::get_if<Copy>(&instruction.what);
      if (copy == nullptr || copy->from.empty()) continue;
      const std::string& text = copy->from.text;
      std::size_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (end != text.data() + text.size() || (error == std::errc() && number < stage)) continue;
      diagnostics_.add(
          {copy->from.at,
           error != std::errc() || number >= file_.stages.size() ? cat("invalid stage index ", text)
           : number == stage
               ? cat("a stage can't copy from itself: ", text)
               : cat("cannot copy from stage ", text, ", it needs to be defined before the current stage")});
    }
  }

  Dockerfile& file_;
  Diagnostics& diagnostics_;
  bool in_stage_ = false;
};

}  // namespace

Dockerfile parse_dockerfile(Source source, Diagnostics& diagnostics) {
  Dockerfile file{std::move(source)};
  SyntaxTree tree = parse_syntax(file.source.text(), diagnostics);
  file.escape = tree.escape;
  file.check = std::move(tree.check);
  file.empty_continuations = std::move(tree.empty_continuations);
  Builder builder(file, diagnostics);
  for (const Node& node : tree.instructions) builder.add(node);
  builder.finish();
  return file;
}

Dockerfile parse_dockerfile(Source source) {
  Diagnostics diagnostics;
  Dockerfile file = parse_dockerfile(std::move(source), diagnostics);
  if (!diagnostics.empty()) diagnostics.fail(file.source);
  return file;
}

}  // namespace husk::dockerfile
