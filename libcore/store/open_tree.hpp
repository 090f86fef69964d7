#pragma once

#include "libcore/base/error.hpp"
#include "libcore/base/fd.hpp"

#include <fcntl.h>
#include <filesystem>

namespace husk::store {

/// The top directory of a tree of the store, open for reading. Throws SysError.
inline Fd open_tree(const std::filesystem::path& path) {
  Fd tree(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!tree) throw_errno("open ", quote(path));
  return tree;
}

}  // namespace husk::store
