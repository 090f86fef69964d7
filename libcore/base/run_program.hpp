#pragma once

#include "libcore/base/child.hpp"

#include <string>
#include <utility>
#include <vector>

namespace husk {

/// A helper program and its arguments; never a shell string.
struct Program {
  std::string name;  // looked up in PATH
  std::vector<std::string> arguments;
  std::string input = {};  // what it reads on standard input
};

struct ProgramResult {
  ExitStatus status;
  std::string output;  // standard output, at most 64 KiB
  std::string errors;  // standard error, at most 64 KiB
};

/// Runs PROGRAM to its end, in the caller's environment. It gets standard streams of its own and no other
/// descriptor. Throws only if it can't be started; the message names the program, and the package that has it
/// where we know it.
ProgramResult run_program(const Program& program);

/// Runs both at the same time.
std::pair<ProgramResult, ProgramResult> run_programs(const Program& first, const Program& second);

}  // namespace husk
