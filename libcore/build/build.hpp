#pragma once

#include "libcore/build/event.hpp"
#include "libcore/build/options.hpp"
#include "libcore/build/write_outputs.hpp"

namespace husk::build {

/// Builds the image that OPTIONS ask for and writes it to where they say. The process that calls has one
/// thread only. Throws Error: what the Dockerfile did not achieve is named with file, line and column.
/// Whatever happens, nothing unfinished is left behind and the steps that were finished are in the cache.
Result build_image(const store::Store& store, const Options& options, const Report& report);

}  // namespace husk::build
