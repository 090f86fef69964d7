#pragma once

#include "libcore/dockerfile/flags.hpp"
#include "libcore/dockerfile/instruction.hpp"

namespace husk::dockerfile {

/// COPY or ADD.
Copy parse_copy(const Node& node, FlagReader& flags);

}  // namespace husk::dockerfile
