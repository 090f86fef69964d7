#pragma once

#include "libcore/runtime/launch_plan.hpp"
#include "libcore/runtime/system_mounts.hpp"

namespace husk::runtime {

/// What enter_filesystem() leaves open for the rest of the set-up; all O_CLOEXEC.
struct Filesystem {
  int root = -1;
  int terminals = -1;  // the container's own devpts
};

/// Runs in the container's first process, in its new mount namespace where the host's mounts can still be
/// seen. Builds the container's file system from SYSTEM and the plan and makes it the only one there is. Ends
/// the process with a report if something fails. Allocates nothing.
Filesystem enter_filesystem(const LaunchPlan& plan, const SystemMounts& system, int control) noexcept;

}  // namespace husk::runtime
