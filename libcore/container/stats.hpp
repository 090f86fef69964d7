#pragma once

#include "libcore/store/containers.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace husk::container {

/// What the processes of a container have used up to a moment, as /proc tells.
struct Usage {
  std::chrono::steady_clock::time_point when;
  std::uint64_t cpu_ticks = 0;  // of all, and of those that they have waited for
  std::uint64_t memory = 0;     // bytes: the resident sets added, so what is shared counts several times
  std::uint64_t received = 0, sent = 0;  // bytes, of the container's own network; none with that of the host
  std::uint64_t read = 0, written = 0;   // bytes, of disks
  std::size_t processes = 0;
};

/// Nothing if the container does not run.
std::optional<Usage> measure_usage(const store::Container& container);

/// How much of one processor was used between the two, in percent.
double cpu_share(const Usage& before, const Usage& after);

/// Bytes of memory that the machine has.
std::uint64_t machine_memory();

/// Those, or what a container may use of them at most.
std::uint64_t memory_limit(const store::ContainerConfig& config);

}  // namespace husk::container
