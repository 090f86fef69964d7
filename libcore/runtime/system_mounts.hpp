#pragma once

#include "libcore/runtime/container.hpp"

#include <array>

namespace husk::runtime {

/// A device that every container has, by what it is and not only by name.
struct Device {
  const char* path;  // on the host
  const char* name;  // below /dev
  unsigned major_number, minor_number;
};
inline constexpr std::array<Device, 6> standard_devices = {{{"/dev/null", "null", 1, 3},
                                                            {"/dev/zero", "zero", 1, 5},
                                                            {"/dev/full", "full", 1, 7},
                                                            {"/dev/random", "random", 1, 8},
                                                            {"/dev/urandom", "urandom", 1, 9},
                                                            {"/dev/tty", "tty", 5, 0}}};

/// A detached mount (O_CLOEXEC), or -1 and why there is none.
struct MadeMount {
  int mount = -1;
  int error = 0;
};

/// The mounts that are the same whatever the container runs.
struct SystemMounts {
  std::array<MadeMount, standard_devices.size()> devices;  // in that order
  MadeMount proc;
  MadeMount sys;
  MadeMount groups;  // cgroup2
  MadeMount queues;  // mqueue
};

/// Makes them in the first process of a container as soon as it has its namespaces, so that this needs no
/// time of its own: the parent is still finding out what to run, and newuidmap(1) is on its way. No file
/// is made in them, so no id has to be mapped yet. Allocates nothing, and reports nothing, since nobody
/// listens yet.
SystemMounts make_system_mounts(Network network) noexcept;

}  // namespace husk::runtime
