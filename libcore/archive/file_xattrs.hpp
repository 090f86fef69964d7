#pragma once

#include "libcore/archive/tar_entry.hpp"

#include <vector>

namespace husk::archive {

/// The xattrs of an open file or directory that may_pass(), sorted by name, capabilities in their portable
/// form.
std::vector<Xattr> read_xattrs(int fd);

/// Whether overlayfs or fuse-overlayfs marked the open directory as hiding what is below it.
bool is_opaque(int dir);

}  // namespace husk::archive
