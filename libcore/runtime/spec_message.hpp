#pragma once

#include "libcore/runtime/launch_plan.hpp"

#include <string>
#include <string_view>

namespace husk::runtime {

/// SPEC and FACTS for the first process of the container, a copy of this process that was made before there
/// was a SPEC. Not for anybody else: the names of limits are addresses, and secrets are descriptors.
std::string print_spec(const Spec& spec, const HostFacts& facts);

struct SpecMessage {
  Spec spec;
  HostFacts facts;
};

/// Throws Error if TEXT is not from print_spec().
SpecMessage parse_spec(std::string_view text);

}  // namespace husk::runtime
