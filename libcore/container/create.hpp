#pragma once

#include "libcore/container/run_options.hpp"
#include "libcore/store/containers.hpp"
#include "libcore/store/store.hpp"

namespace husk::container {

/// Makes a container that is ready to be started. Executes husk-pull for an image that is not there, and
/// husk-unpack for layers that are not there for MAP. Throws Error.
store::Container create(const store::Store& store, const RunOptions& options, const userns::IdMap& map);

/// What is to be started for CONTAINER, with MAP, whose kind is the container's. Makes directories of the
/// host that volumes name and that are not there.
runtime::Spec make_spec(const store::Store& store, const store::Container& container,
                        const userns::IdMap& map);

/// The host name in a container.
std::string host_name_of(const store::ContainerConfig& config);

}  // namespace husk::container
