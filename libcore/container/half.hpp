#pragma once

#include "libcore/base/child.hpp"
#include "libcore/base/fd.hpp"

#include <functional>
#include <string>

namespace husk::container {

/// One half of an operation, in a process of its own that is a copy of this one. Let go of, it is killed. The
/// caller must have one thread only.
class Half {
 public:
  /// Starts BODY. Descriptors of the caller are open in it, also those that it has to close for an end of
  /// file to come. SIGPIPE is ignored there, so that the half can say what went wrong.
  explicit Half(const std::function<std::string()>& body);

  /// Waits for its end and returns what BODY returned; an Error that left it is thrown here, with hint and
  /// exit code.
  std::string wait();

 private:
  struct Started {
    Child child;
    Fd report;
  };
  static Started start(const std::function<std::string()>& body);

  Started started_;
};

}  // namespace husk::container
