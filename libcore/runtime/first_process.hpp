#pragma once

#include "libcore/runtime/launch_plan.hpp"

#include <csignal>
#include <functional>

namespace husk::runtime {

/// The body of a container's first process, from clone3(2) to execve(2). On the control socket it reads a
/// go-ahead when there is a plan, which TAKE_PLAN then fetches, and one when the id maps are there; hands
/// over the master of its terminal (if it has one) and reads another, reads one when the network is there (if
/// it has a private one), and reports a failure; that the socket is closed by execve(2) is the good news. But
/// for TAKE_PLAN, which may allocate in what is a copy of a process with one thread: no exception, no
/// allocation, no lock, only system calls. NETWORK is that of the plan, known before it. SIGNALS is the mask
/// for the command.
[[noreturn]] void run_first_process(const std::function<void(LaunchPlan&)>& take_plan, Network network,
                                    int control, const sigset_t& signals) noexcept;

}  // namespace husk::runtime
