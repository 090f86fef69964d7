#include "libcore/dockerfile/lint.hpp"
#include "libcore/dockerfile/outline.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

// Whatever the file says: it is parsed, or each error has a place in it. What is parsed can be looked at by
// all that looks at Dockerfiles, and a trigger reads back.

namespace {

using namespace husk::dockerfile;

void check_places(const Diagnostics& diagnostics, const Source& source) {
  const auto lines = 1 + std::count(source.text().begin(), source.text().end(), '\n');
  for (const SyntaxError& error : diagnostics.errors()) {
    if (error.at().line < 1 || error.at().line > lines || error.at().column < 1) std::abort();
    if (source.explain(error.at(), error.what()).empty()) std::abort();
  }
}

void check_words(const Node& node, int lines) {
  if (node.first_line < 1 || node.last_line < node.first_line || node.last_line > lines) std::abort();
  for (const auto* words : {&node.flags, &node.arguments}) {
    for (const Word& word : *words) {
      if (word.at.line < node.first_line || word.at.line > node.last_line || word.at.column < 1) std::abort();
    }
  }
  for (const Node& sub : node.sub) check_words(sub, lines);
}

void look_at(const Dockerfile& file) {
  Diagnostics diagnostics;
  LintInput input;
  input.is_image_name = [](std::string_view name) { return !name.empty(); };
  input.parse_platform = [](std::string_view name) {
    return std::optional(LintInput::Platform{std::string(name), std::string(name)});
  };
  (void)lint(file, input, diagnostics);
  check_places(diagnostics, file.source);
  if (file.stages.empty()) return;
  Diagnostics others;
  (void)make_outline(file, file.stages.size() - 1, {}, others);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Source source("Dockerfile", text);
  Diagnostics diagnostics;
  const SyntaxTree tree = parse_syntax(text, diagnostics);
  check_places(diagnostics, source);
  const int lines = 1 + static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  for (const Node& node : tree.instructions) check_words(node, lines);
  if (diagnostics.empty() && tree.instructions.empty()) std::abort();
  (void)print_sexp(tree);
  (void)print_json(tree, "Dockerfile");

  Diagnostics meaning;
  const Dockerfile file = parse_dockerfile(source, meaning);
  check_places(meaning, source);
  if (meaning.empty() && file.stages.empty()) std::abort();
  look_at(file);
  return 0;
}
