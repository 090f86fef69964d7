#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// How text looks on a terminal. Texts have no controls; see escape() and plain_line().
namespace husk {

/// How many columns TEXT takes.
std::size_t columns_of(std::string_view text);

/// TEXT cut so that it takes at most COLUMNS; what is cut ends in "…".
std::string fit_columns(std::string_view text, std::size_t columns);

/// What a line that a program wrote, without its end, looks like on a terminal in the end: without escape
/// sequences, overwritten by what came after a carriage return, tabs as blanks, other controls left out.
/// Bytes that are not UTF-8 become U+FFFD.
std::string plain_line(std::string_view line);

}  // namespace husk
