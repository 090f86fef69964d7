#pragma once

#include "libcore/dockerfile/syntax.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace husk::dockerfile {

/// "<<NAME", "<<-NAME", "3<<'NAME'" as a heredoc without content; nothing if WORD is something else. Throws
/// Error for a quote that is not closed.
std::optional<Heredoc> parse_heredoc(std::string_view word);

/// Those that a line asks for, in order.
std::vector<Heredoc> heredocs_in(std::string_view line);

}  // namespace husk::dockerfile
