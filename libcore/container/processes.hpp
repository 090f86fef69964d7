#pragma once

#include <sys/types.h>
#include <vector>

namespace husk::container {

/// The processes of a container as the host numbers them, in ascending order: those in the pid namespace of
/// FIRST, its first process, and what they put into further namespaces. What begins or ends meanwhile may be
/// missing or gone. Throws Error if FIRST is gone.
std::vector<pid_t> list_processes(pid_t first);

}  // namespace husk::container
