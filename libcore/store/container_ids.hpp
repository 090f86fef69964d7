#pragma once

#include "libcore/store/store.hpp"

#include <string>
#include <vector>

namespace husk::store {

/// The ids of all containers, the newest first, for who needs nothing else: of a configuration no more is
/// read than when it was made, which is a third of the work of list_containers().
std::vector<std::string> list_container_ids(const Store& store);

/// The names of all directories that may be one, as the file system has them. CONTAINERS is the store's
/// directory.
std::vector<std::string> list_container_directories(int containers);

}  // namespace husk::store
