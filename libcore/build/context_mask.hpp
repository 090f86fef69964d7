#pragma once

#include "libcore/build/context.hpp"
#include "libcore/store/lease.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace husk::build {

/// Puts whiteouts, as overlayfs knows them, over what .dockerignore leaves out of PATTERN in the build
/// context: a directory to mount over the context, below the lease's tmp directory. Nothing if there is
/// nothing to hide.
std::optional<std::filesystem::path> make_mask(const store::Lease& lease, Context& context,
                                               const std::string& pattern);

}  // namespace husk::build
