#pragma once

#include "libcore/base/error.hpp"
#include "libcore/base/text.hpp"

#include <string>

namespace husk::build {

/// MODE::min or MODE::max, as TEXT says: how much goes into a cache or a provenance statement. Throws Error.
template <class Mode>
Mode parse_min_or_max(const std::string& text) {
  if (text == "min") return Mode::min;
  if (text == "max") return Mode::max;
  throw Error(cat("mode is min or max, not ", quote(text)), Exit::usage);
}

}  // namespace husk::build
