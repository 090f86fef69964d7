#pragma once

#include "libcore/runtime/limits.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace husk::runtime {

/// What all processes of a container may use together; cgroups(7), version 2.
struct Resources {
  std::optional<std::uint64_t> memory, memory_reservation;  // bytes
  std::optional<std::uint64_t> memory_and_swap;             // bytes; not set: twice the memory
  bool unlimited_swap = false;
  std::optional<std::uint64_t> cpu_time;    // microseconds of processors in each cpu_period
  std::optional<std::uint64_t> cpu_shares;  // 2 to 262144; 1024 is what others have
  std::string cpus, memory_nodes;           // "0-2,4"
  std::optional<std::uint64_t> pids;
  std::string parent;        // "/batch/me": the cgroup that theirs is made in
  bool best_effort = false;  // without a cgroup: what rlimits and the affinity can do

  bool any() const;
};
constexpr std::uint64_t cpu_period = 100000;  // microseconds

/// "memory=64m", "cpus=1.5", "pids-limit=100", "limits=best-effort": the options of husk-run without their
/// dashes. Throws Error with exit usage.
Resources parse_resources(const std::vector<std::string>& options);

/// A file of a cgroup, and what is written to it.
struct CgroupSetting {
  std::string file;  // "memory.max": the controller is what comes before the dot
  std::string value;
  bool operator==(const CgroupSetting&) const = default;
};
/// As runc translates them from version 1.
std::vector<CgroupSetting> cgroup_settings(const Resources& resources);

/// What is left without a cgroup: limits of each process, and the processors that they may run on.
struct ProcessLimits {
  std::vector<Limit> limits;
  std::string cpus;                  // as in Resources; empty: all
  std::vector<std::string> applied;  // "--memory as the address space of each process"
  std::vector<std::string> missing;  // "--cpu-shares"
};
/// ALLOWED are the processors that the caller may use, in order.
ProcessLimits process_limits(const Resources& resources, const std::vector<unsigned>& allowed);

/// The numbers in "0-2,4". Throws Error with exit usage; there are at most 8192.
std::vector<unsigned> parse_cpu_list(const std::string& text);

}  // namespace husk::runtime
