#pragma once

#include "libcore/cli/template_syntax.hpp"

#include <string_view>
#include <vector>

namespace husk::cli {

/// Throws Error with exit usage if TEXT is no template, or calls a function that there is not.
std::vector<Node> parse_template(std::string_view text);

}  // namespace husk::cli
