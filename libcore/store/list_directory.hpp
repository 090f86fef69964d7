#pragma once

#include "libcore/store/store.hpp"

#include <string>
#include <vector>

namespace husk::store {

/// Names in a directory of the store, sorted; none if it is not there.
std::vector<std::string> list_directory(const Store& store, const std::string& path);

}  // namespace husk::store
