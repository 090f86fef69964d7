#pragma once

#include <string>
#include <vector>

namespace husk::cli {

/// Lines with their cells in aligned columns, three blanks between them, as docker prints tables. The first
/// line is the headings.
std::string print_table(const std::vector<std::vector<std::string>>& lines);

}  // namespace husk::cli
