#pragma once

#include "libcore/runtime/container.hpp"

#include <cstdint>

namespace husk::runtime {

/// How long a command that was added to a container lives: until it ends, or not longer than we.
enum class Lifetime : std::uint8_t { of_caller, own };

/// Starts one more command in a container that runs, under the same profile as its first process: PROCESS is
/// a descriptor of that, pidfd_open(2). Of SPEC only what concerns the command counts, and its map and
/// network, which are the container's. Throws Error as Launch::start(). The process that calls must have one
/// thread only.
Container execute_in(int process, const Spec& spec, Lifetime lifetime);

}  // namespace husk::runtime
