#pragma once

#include "libcore/userns/id_map.hpp"

namespace husk::userns {

/// newuidmap(1) and newgidmap(1) are in PATH.
bool have_map_helpers();

/// Runs both side by side for the user namespace of PID. Throws Error with what the one that failed printed.
void run_map_helpers(pid_t pid, const IdMap& map);

}  // namespace husk::userns
