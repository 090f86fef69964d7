#pragma once

#include "libcore/base/error.hpp"

#include <gtest/gtest.h>
#include <functional>
#include <optional>
#include <string>

namespace husk::container {

/// What BODY is refused for; "" if it isn't.
inline std::string error_of(const std::function<void()>& body, std::optional<Exit> exit = {}) {
  try {
    body();
  } catch (const Error& error) {
    if (exit) {
      EXPECT_EQ(error.exit(), *exit) << error.what();
    }
    return error.what();
  }
  return "";
}

/// The same, for what ends with exit code 125.
inline std::string engine_error(const std::function<void()>& body) { return error_of(body, Exit::engine); }

}  // namespace husk::container
