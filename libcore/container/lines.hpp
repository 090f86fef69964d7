#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace husk::container {

/// Notes go from one process to another as lines.
std::string join_lines(const std::vector<std::string>& lines);
std::vector<std::string> split_lines(std::string_view text);

}  // namespace husk::container
