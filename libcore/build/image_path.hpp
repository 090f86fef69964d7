#pragma once

#include "libcore/base/text.hpp"

#include <string>
#include <string_view>

namespace husk::build {

// Paths in an image: absolute, "/usr/bin", as text. Nothing is looked up and no ".." is resolved.

constexpr int max_links = 40;  // symbolic links on the way, as many as the kernel follows: path_resolution(7)

/// The directory that PATH is in; "/" is in itself.
inline std::string parent_of(std::string_view path) {
  const std::string_view parent = path.substr(0, path.rfind('/'));
  return parent.empty() ? "/" : std::string(parent);
}

/// What comes after the last slash.
inline std::string name_of(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

inline std::string join(std::string_view directory, std::string_view name) {
  return directory == "/" ? cat("/", name) : cat(directory, "/", name);
}

}  // namespace husk::build
