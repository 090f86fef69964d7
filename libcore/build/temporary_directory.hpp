#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/store/lease.hpp"

#include <filesystem>

namespace husk::build {

/// A directory of its own in the lease's, with all of which it is removed.
struct TemporaryDirectory {
  std::filesystem::path path;
  Fd fd;
};
TemporaryDirectory make_temporary_directory(const store::Lease& lease);

}  // namespace husk::build
