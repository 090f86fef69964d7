#pragma once

#include "libcore/store/containers.hpp"

namespace husk::container {

/// Writes to OUT, a line each, what the container changed of its image, as docker diff does: "A /path" for
/// what was added, "C /path" for what was changed, or has changes in it, "D /path" for what was removed.
/// Sorted by path, which is escaped. Reads what the container wrote, and never the whole image.
void write_changes(const store::Store& store, const store::Container& container, int out);

}  // namespace husk::container
