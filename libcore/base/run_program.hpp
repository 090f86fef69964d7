#pragma once

#include "libcore/base/child.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace husk {

/// A helper program and its arguments; never a shell string.
struct Program {
  std::string name;  // looked up in PATH
  std::vector<std::string> arguments;
  std::string input = {};  // what it reads on standard input
  std::optional<std::vector<std::string>> environment = {};  // "NAME=VALUE"; the caller's if left out
};

struct ProgramResult {
  ExitStatus status;
  std::string output;  // standard output, at most 64 KiB
  std::string errors;  // standard error, at most 64 KiB
};

/// A program that runs beside what we do. Let go of, it is killed.
class RunningProgram {
 public:
  /// Starts it as run_program() does.
  explicit RunningProgram(const Program& program);
  RunningProgram(RunningProgram&&) noexcept;
  RunningProgram& operator=(RunningProgram&&) = delete;
  ~RunningProgram();

  /// The pipes of its standard output and standard error, for poll(2); -1 at their end. When both are there,
  /// finish() does not wait.
  int output() const noexcept;
  int errors() const noexcept;
  /// Reads what those of them have that can be read; call it when poll(2) says so.
  void read();
  /// What it has written to standard error so far, given once.
  std::string take_errors();

  void signal(int number);
  ProgramResult finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Runs PROGRAM to its end. It gets standard streams of its own and no other
/// descriptor. Throws only if it can't be started; the message names the program, and the package that has it
/// where we know it.
ProgramResult run_program(const Program& program);

/// Runs both at the same time.
std::pair<ProgramResult, ProgramResult> run_programs(const Program& first, const Program& second);

}  // namespace husk
