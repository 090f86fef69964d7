#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/runtime/resources.hpp"

#include <optional>
#include <string>
#include <vector>

namespace husk::runtime {

/// Where cgroups can be made: the nearest one above this process, or its own, that is delegated to the caller
/// with the controllers that are needed (cgroups(7), "Cgroup delegation").
struct Delegation {
  std::string path;     // a directory below the mount of the file system
  bool is_own = false;  // this process is in it: nobody may be when a controller is passed on
  bool operator==(const Delegation&) const = default;
};

/// Throws Error that says what is missing and how to get it.
Delegation find_delegation(const Resources& resources);

/// The cgroup of one container. This process is in it from the beginning until leave(), so that whatever it
/// clones meanwhile begins there, with a cgroup namespace that has it as its root.
class ControlGroup {
 public:
  /// Made for the container ID, with what RESOURCES limit.
  ControlGroup(const Delegation& delegation, const Resources& resources, const std::string& id);
  /// The one that the process PID is in.
  explicit ControlGroup(pid_t pid);
  ControlGroup(const ControlGroup&) = delete;
  /// Goes, if one was made and nobody is in it any more.
  ~ControlGroup();

  void leave();

 private:
  void enter();

  std::string path_;  // of the directory
  std::string back_;  // the directory of the cgroup that this process was in
  bool made_ = false;
  bool inside_ = false;
};

/// Whether the process PID is in the cgroup that was made for the container ID.
bool is_in_group_of(pid_t pid, const std::string& id);

/// Limits what this process clones to some processors, until it goes.
class Affinity {
 public:
  /// CPUS as in ProcessLimits; empty: changes nothing.
  explicit Affinity(const std::string& cpus);
  Affinity(const Affinity&) = delete;
  ~Affinity();

  /// Those that this process may run on.
  static std::vector<unsigned> allowed();

 private:
  std::vector<unsigned> before_;
};

}  // namespace husk::runtime
