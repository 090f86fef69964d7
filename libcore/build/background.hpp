#pragma once

#include "libcore/base/child.hpp"

#include <functional>
#include <optional>
#include <string>

namespace husk::build {

/// A function that runs in a child process, a copy of this one, beside what comes next. (Not a thread: the
/// runtime starts containers, which a process with two threads must not.) Let go of, it is killed; it dies
/// with this process.
class Background {
 public:
  explicit Background(const std::function<std::string()>& body);

  /// What BODY returned; the message of an Error that left it is thrown again.
  std::string wait();

 private:
  Fd result_;
  std::optional<Child> child_;
};

}  // namespace husk::build
