#pragma once

#include "libcore/dockerfile/words.hpp"

#include <string_view>
#include <vector>

namespace husk::dockerfile {

/// The fields of one line of comma-separated values, as Go's encoding/csv reads them: a field may stand in
/// double quotes, and "" is a quote in them. Throws Error for quotes that are misplaced.
std::vector<Piece> split_csv(std::string_view line);

}  // namespace husk::dockerfile
