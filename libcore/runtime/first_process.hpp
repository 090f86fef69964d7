#pragma once

#include "libcore/runtime/launch_plan.hpp"

#include <csignal>

namespace husk::runtime {

/// What the parent writes to the control socket, a byte each time: the maps are there, the network is there.
inline constexpr char go_ahead = 'g';

/// The body of a container's first process, from clone3(2) to execve(2). On the control socket it reads a
/// go-ahead when the id maps are there, hands over the master of its terminal (if it has one) and reads
/// another, reads one when the network is there (if it has a private one), and reports a failure; that the
/// socket is closed by execve(2) is the good news. No exception, no allocation, no lock: only system calls.
/// SIGNALS is the mask for the command.
[[noreturn]] void run_first_process(const LaunchPlan& plan, int control, const sigset_t& signals) noexcept;

}  // namespace husk::runtime
