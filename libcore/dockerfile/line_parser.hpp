#pragma once

#include "libcore/dockerfile/lexer.hpp"
#include "libcore/dockerfile/syntax.hpp"

namespace husk::dockerfile {

/// One instruction, its heredocs not yet read. Throws SyntaxError.
Node parse_line(const LogicalLine& line, char escape);

}  // namespace husk::dockerfile
