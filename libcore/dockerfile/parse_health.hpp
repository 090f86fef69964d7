#pragma once

#include "libcore/dockerfile/flags.hpp"
#include "libcore/dockerfile/instruction.hpp"

namespace husk::dockerfile {

/// HEALTHCHECK.
Health parse_health(const Node& node, FlagReader& flags);

}  // namespace husk::dockerfile
