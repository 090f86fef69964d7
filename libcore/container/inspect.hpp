#pragma once

#include "libcore/base/value.hpp"
#include "libcore/container/container_size.hpp"
#include "libcore/store/containers.hpp"

#include <optional>

namespace husk::container {

/// What docker inspect tells of a container, as far as it is so here: what has no meaning without docker's
/// daemon is left out. SIZE is told if it is there.
Value inspect_container(const store::Store& store, const store::Container& container,
                        const std::optional<ContainerSize>& size);

}  // namespace husk::container
