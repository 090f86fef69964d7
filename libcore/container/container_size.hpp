#pragma once

#include "libcore/store/containers.hpp"

#include <cstdint>
#include <vector>

namespace husk::container {

/// Bytes of file content.
struct ContainerSize {
  std::uint64_t written = 0;  // what it has on top of its image
  std::uint64_t image = 0;    // what all containers of the image share
};

/// One for each of CONTAINERS. Looks at their files in a child process, since a container's user may have
/// shut out the caller, also where all belong to the same id.
std::vector<ContainerSize> measure_sizes(const store::Store& store,
                                         const std::vector<const store::Container*>& containers);

}  // namespace husk::container
