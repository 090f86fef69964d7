#pragma once

#include "libcore/base/child.hpp"
#include "libcore/base/fd.hpp"
#include "libcore/base/io.hpp"
#include "libcore/runtime/container.hpp"

#include <sys/types.h>
#include <string>
#include <vector>

namespace husk::runtime {

/// The arguments for pasta(1) that give the network namespace of PID a way out and publish PORTS. READY is a
/// descriptor of pasta's to which it writes when all is set up.
std::vector<std::string> plan_pasta(pid_t pid, const std::vector<PublishedPort>& ports, bool forward_names,
                                    int ready);

/// pasta(1), which connects a network namespace with user-space sockets and ends with this object, or when we
/// die.
class NetworkHelper {
 public:
  /// Starts it for PID, in parallel with whatever the caller does next.
  NetworkHelper(pid_t pid, const std::vector<PublishedPort>& ports, bool forward_names);

  /// Waits until the network works. Throws Error with what the helper printed if it does not.
  void wait_until_ready();

 private:
  NetworkHelper(Pipe ready, pid_t pid, const std::vector<PublishedPort>& ports, bool forward_names);

  Fd errors_;
  Fd ready_;
  Child child_;
};

}  // namespace husk::runtime
