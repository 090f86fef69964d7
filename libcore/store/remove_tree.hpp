#pragma once

#include <string>

namespace husk::store {

/// Removes NAME in the directory DIR with all that is below it; that it is not there is fine. Follows no
/// symbolic link, needs bounded memory and descriptors at any depth, and goes into a user namespace for files
/// that belong to the caller's subordinate ids.
void remove_tree(int dir, const std::string& name);

}  // namespace husk::store
