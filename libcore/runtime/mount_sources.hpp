#pragma once

#include "libcore/runtime/mount_plan.hpp"
#include "libcore/runtime/report.hpp"

namespace husk::runtime {

/// What is mounted in a container over its root file system, from its source to its place. Runs in the
/// container's first process, as root of its user namespace; ends it with a report if something fails.
/// Allocates nothing.
class MountSources {
 public:
  MountSources(const std::vector<PlannedMount>& plan, int control) noexcept
      : plan_(plan), control_(control) {}

  /// Makes detached mounts of all. Before anything else is mounted: a copy of what is mounted below a volume
  /// must hold the host's mounts, not ours.
  void open() const noexcept;

  /// Puts them on their targets, which are made if they are not there.
  void attach(int root) const noexcept;

 private:
  int open_path(const PlannedMount& mount) const noexcept;
  int open_tree(const PlannedMount& mount) const noexcept;
  int open_memory(const PlannedMount& mount) const noexcept;
  int open_secret(const PlannedMount& mount) const noexcept;
  void need(bool done, Step step, const char* subject) const noexcept;

  const std::vector<PlannedMount>& plan_;
  int control_;
};

}  // namespace husk::runtime
