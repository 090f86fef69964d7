#pragma once

#include "libcore/dockerfile/dockerfile.hpp"
#include "libcore/dockerfile/expand.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace husk::dockerfile {

/// An ARG before the first FROM.
struct GlobalArgument {
  const Instruction* instruction = nullptr;
  std::string name;
  std::optional<std::string> value = {};
  std::set<std::string> needs = {};  // variables in its default value
};

/// What FROM instructions see.
struct Globals {
  Variables values;
  std::vector<GlobalArgument> arguments = {};  // each name once, its last definition

  const GlobalArgument* find(std::string_view name) const;
};

/// PREDEFINED are TARGETPLATFORM and its like; BUILD_ARGUMENTS win over them and over default values. A
/// default value sees what stands before it. Throws SyntaxError.
Globals evaluate_globals(const Dockerfile& file, const Variables& build_arguments,
                         const Variables& predefined);

}  // namespace husk::dockerfile
