#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/build/selection.hpp"
#include "libcore/build/stat_cache.hpp"

#include <vector>

namespace husk::build {

/// Hashes the regular files of SELECTIONS, each once and in several threads. CACHE, which may be null, knows
/// those that did not change, and is told about the others. Throws if a file changes meanwhile.
void hash_files(int root, std::vector<Selection>& selections, StatCache* cache);

/// Opens an entry that is a regular file. Throws if it is something else by now, or was changed.
Fd open_entry(int root, const SourceEntry& entry);

}  // namespace husk::build
