#pragma once

#include "libcore/container/run_options.hpp"
#include "libcore/runtime/control_group.hpp"
#include "libcore/store/containers.hpp"

#include <optional>
#include <string>
#include <vector>

namespace husk::container {

/// What --memory, --cpus and the like ask for, as runtime::parse_resources() reads it again. Throws Error if
/// it can't be applied; with --limits=best-effort NOTE is what is not.
struct PlannedResources {
  std::vector<std::string> options;
  std::string note;
};
PlannedResources plan_resources(const RunOptions& options);

/// The resources of a container that is started, or of a command that is added to it: between construction
/// and leave() this process has them, for what it clones to have them, too.
class ResourceScope {
 public:
  explicit ResourceScope(const store::ContainerConfig& config);
  /// Those of the first process PID of a running container.
  ResourceScope(const store::ContainerConfig& config, pid_t pid);

  /// What each process is limited to where there is no cgroup.
  void limit(runtime::Spec& spec) const;
  void leave();

 private:
  std::optional<runtime::ControlGroup> group_;
  runtime::ProcessLimits limits_;
  std::optional<runtime::Affinity> affinity_;
};

}  // namespace husk::container
