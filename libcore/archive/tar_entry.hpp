#pragma once

#include "libcore/base/time.hpp"

#include <sys/types.h>
#include <cstdint>
#include <string>
#include <vector>

namespace husk::archive {

struct Xattr {
  std::string name;
  std::string value;
  friend bool operator==(const Xattr&, const Xattr&) = default;
};

/// A header of a tar stream, as it is written there: nothing in it has been checked.
struct TarEntry {
  enum class Kind : std::uint8_t { file, directory, symlink, hard_link, fifo, device, socket };

  Kind kind = Kind::file;
  std::string path;
  std::string link;  // target of a symbolic or hard link
  mode_t mode = 0;   // with the type for devices; permissions otherwise
  std::int64_t uid = 0;
  std::int64_t gid = 0;
  std::int64_t size = 0;
  dev_t device = 0;
  Time mtime;
  std::vector<Xattr> xattrs;
  bool has_acl = false;  // in star's notation, which we do not read
};

}  // namespace husk::archive
