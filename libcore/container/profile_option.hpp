#pragma once

#include "libcore/container/run_options.hpp"
#include "libcore/runtime/container.hpp"
#include "libcore/store/containers.hpp"

#include <string>

namespace husk::container {

/// What --cap-add, --cap-drop, --security-opt, --privileged, --group-add, --ulimit, --sysctl and the like
/// come to. Throws Error.
store::ProfileConfig plan_profile(const RunOptions& options);

/// For a container's first process, and for commands that are added to it.
runtime::Profile profile_of(const store::ProfileConfig& config);
/// All of it, for a container that is about to be started.
void apply_profile(const store::ProfileConfig& config, runtime::Spec& spec);

/// What OPTIONS would be applied with MAP, as a JSON object on lines: --show-profile.
std::string describe_profile(const RunOptions& options, const userns::IdMap& map);

}  // namespace husk::container
