#pragma once

#include "libcore/build/run_mounts.hpp"
#include "libcore/build/session.hpp"

#include <filesystem>

namespace husk::build {

/// Gives the directory TREE of a new cache the owner and mode that ORDER asks for, and a copy of what it is
/// to start with.
void fill_cache(const Session& session, const MountOrder& order, const std::filesystem::path& tree);

}  // namespace husk::build
