#pragma once

#include "libcore/dockerfile/syntax.hpp"

#include <string>

namespace husk::dockerfile {

/// What one "RUN --device=vendor.com/class=name,required" asks for.
struct RunDevice {
  std::string name;
  bool required = false;
};

/// Throws SyntaxError.
RunDevice parse_run_device(const Word& text);

}  // namespace husk::dockerfile
