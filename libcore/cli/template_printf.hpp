#pragma once

#include "libcore/base/value.hpp"

#include <string>
#include <string_view>

namespace husk::cli {

/// FORMAT with ARGUMENTS from FIRST on in the place of its verbs, as Go's fmt.Sprintf has them: %v %s %q %d
/// %x %X %c %t %f %e %g, with width, precision and the flags "-+0# ". Throws Error for others, and for
/// arguments of the wrong kind or number.
std::string print_formatted(std::string_view format, const Value::List& arguments, std::size_t first);

}  // namespace husk::cli
