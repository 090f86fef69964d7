#pragma once

#include "libcore/base/value.hpp"
#include "libcore/container/host_check.hpp"
#include "libcore/store/store.hpp"

#include <string>
#include <vector>

namespace husk::container {

/// What docker info tells, as far as it is so here, with the names that templates give it; and the checks.
Value describe_host(const store::Store& store, const std::vector<Check>& checks);

/// The same for people, lines.
std::string print_host(const Value& host, const std::vector<Check>& checks);

/// What the machine can do for the caller.
std::vector<Check> check_host(const store::Store& store);

}  // namespace husk::container
