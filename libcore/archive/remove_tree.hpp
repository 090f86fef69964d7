#pragma once

#include <string>

namespace husk::archive {

/// Removes NAME in the directory DIR, with all that is below it if it is a directory. Follows no symbolic
/// link and enters no other file system.
void remove_tree(int dir, const std::string& name);

}  // namespace husk::archive
