#pragma once

namespace husk::runtime {

/// Leaves a process behind that is init of the container: PROGRAM, the descriptor of husk-init, which passes
/// signals on to the command, waits for whoever loses its parent, and ends as the command did, which the
/// container does not outlive. Returns true in the command, its child, which is spared no signal
/// (pid_namespaces(7)) and has all of them blocked. False and errno on failure, in either. Allocates nothing.
bool split_off_init(int program) noexcept;

}  // namespace husk::runtime
