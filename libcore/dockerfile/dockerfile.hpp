#pragma once

#include "libcore/dockerfile/instruction.hpp"

#include <string>
#include <vector>

namespace husk::dockerfile {

struct Stage {
  From from;
  Instruction instruction;  // the FROM itself
  std::vector<Instruction> instructions;
};

/// A whole Dockerfile: what was parsed, and the text for messages.
struct Dockerfile {
  Source source;
  std::vector<Instruction> global_args = {};  // ARG before the first FROM
  std::vector<Stage> stages = {};
  char escape = '\\';
  Word check = {};                            // of "# check="
  std::vector<int> empty_continuations = {};  // see SyntaxTree
};

/// Throws Error with everything that is wrong, each as "NAME:LINE:COLUMN: …" with the line and a caret.
Dockerfile parse_dockerfile(Source source);

/// The same, but what is wrong goes to DIAGNOSTICS; what is not wrong is in the result.
Dockerfile parse_dockerfile(Source source, Diagnostics& diagnostics);

}  // namespace husk::dockerfile
