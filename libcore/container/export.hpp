#pragma once

#include "libcore/archive/stream.hpp"
#include "libcore/store/store.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace husk::container {

/// Writes the root file system of a container, or of an image if there is no container of that name, to the
/// file OUT as a tar: what a process in it sees, without volumes. Owners are those in the container, also
/// where the files of a single-id map can't show them. Returns what was left out.
std::vector<std::string> export_root(const store::Store& store, std::string_view name, int out);

}  // namespace husk::container
