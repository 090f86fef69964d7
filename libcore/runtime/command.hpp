#pragma once

#include "libcore/runtime/launch_plan.hpp"
#include "libcore/runtime/report.hpp"

#include <csignal>
#include <cstdint>

namespace husk::runtime {

/// The last part of the way of a process that becomes a command in a container, with the container's root
/// directory as its own already: limits, streams, ids, capabilities, filters, execve(2). The same for the
/// first process and for those that husk-exec adds. Makes only system calls; what fails ends the process with
/// a report.
class Command {
 public:
  Command(const LaunchPlan& plan, int control) noexcept : plan_(plan), control_(control) {}

  /// ROOT and TERMINALS are descriptors of the root directory and of the container's own devpts. With a
  /// terminal, its master is handed over, and a go-ahead awaited.
  void prepare(int root, int terminals) noexcept;

  /// For ever: nobody waits for it to the end.
  enum class Lives : std::uint8_t { with_parent, for_ever };
  /// SIGNALS is its mask.
  [[noreturn]] void execute(const sigset_t& signals, Lives lives) const noexcept;

 private:
  void need(bool done, Step step, const char* subject = "") const noexcept {
    if (!done) fail(control_, step, subject);
  }

  void set_limits() const noexcept;
  void find_user(int root) noexcept;
  void open_streams(int terminals) const noexcept;
  void open_terminal(int terminals) const noexcept;
  void enter_working_directory(int root) const noexcept;
  void become_user() const noexcept;
  void take_signals(const sigset_t& mask) const noexcept;
  [[noreturn]] void execute_candidates() const noexcept;

  const LaunchPlan& plan_;
  int control_;
  Identity identity_;
};

}  // namespace husk::runtime
