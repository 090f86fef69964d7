#pragma once

#include "libcore/base/error.hpp"

namespace husk::container {

/// Gives errors of parsers below, which have words for other programs, too, the exit code of what keeps a
/// container from starting.
template <class Body>
auto in_engine(Body&& body) {
  try {
    return body();
  } catch (Error& error) {
    error.set_exit(Exit::engine);
    throw;
  }
}

}  // namespace husk::container
