#pragma once

#include "libcore/base/value.hpp"
#include "libcore/store/volumes.hpp"

#include <string>
#include <vector>

namespace husk::container {

/// The volumes that all FILTERS want, by name: "dangling=true|false" (no container has it), "name=PART",
/// "label=NAME[=VALUE]", "driver=NAME", as docker volume ls has them. Throws Error with exit usage.
std::vector<store::Volume> list_volumes(const store::Store& store, const std::vector<std::string>& filters);

/// "a=1,b=2".
std::string print_labels(const std::map<std::string, std::string>& labels);

/// What docker volume inspect tells.
Value inspect_volume(const store::Store& store, const store::Volume& volume);

}  // namespace husk::container
