#pragma once

#include "libcore/base/fd.hpp"

#include <sys/stat.h>
#include <string>

namespace husk::container {

/// What a path of the copy is below a root directory: the directory that holds it, by descriptor, and its
/// name there.
struct Place {
  Fd directory;        // O_PATH
  std::string parent;  // its path below the root
  std::string name;    // "." for the root itself
  bool exists = false;
  struct stat status {};

  bool is_directory() const { return exists && S_ISDIR(status.st_mode); }
};

/// A path as the user wrote it. "dir/." means what is in the directory, a "/" at the end that it must be one.
struct CopyPath {
  std::string path;  // without "." and "..", relative to the root, no "/" at the end; empty: the root
  bool contents = false;
  bool wants_directory = false;

  std::string base() const;  // its last name, empty for the root
};
CopyPath parse_copy_path(const std::string& text);

enum class LastLink : std::uint8_t { keep, follow };

/// Resolves PATH as if ROOT were "/"; the directory that holds it must exist.
Place find_place(int root, const std::string& path, LastLink last);

}  // namespace husk::container
