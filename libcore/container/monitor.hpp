#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/store/containers.hpp"

namespace husk::container {

/// Starts CONTAINER in the background, below a husk-monitor of its own. Returns when the command really runs.
/// Throws what kept it from that.
void run_detached(const store::Store& store, const store::Container& container);

/// What husk-monitor does: runs CONTAINER to its end, writes what it prints to its log, and tells the one who
/// waits in run_detached() by way of REPORT how the start went. The process's standard streams become those
/// of nobody.
void run_monitor(const store::Store& store, store::Container container, Fd report);

}  // namespace husk::container
