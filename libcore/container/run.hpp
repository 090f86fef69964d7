#pragma once

#include "libcore/base/child.hpp"
#include "libcore/container/run_options.hpp"
#include "libcore/store/store.hpp"

namespace husk::container {

/// Runs a command in a new container to its end. Executes husk-pull for an image that is not there, and
/// husk-unpack for layers that are not there for the id map. Throws Error with exit engine, not_executable or
/// not_found if the command did not start.
ExitStatus run(const store::Store& store, const RunOptions& options);

}  // namespace husk::container
