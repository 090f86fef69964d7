#pragma once

#include "libcore/base/fd.hpp"

#include <string>
#include <vector>

namespace husk {

/// The names in an open directory, sorted by their bytes, without "." and "..".
std::vector<std::string> list_directory(int dir);

}  // namespace husk
