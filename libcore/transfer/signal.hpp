#pragma once

#include <csignal>

namespace husk::transfer {

/// While it lives, writing to a child process that is gone is an error (EPIPE) and not the end of this
/// process.
class IgnorePipeSignal {
 public:
  IgnorePipeSignal() : old_(std::signal(SIGPIPE, SIG_IGN)) {}
  IgnorePipeSignal(const IgnorePipeSignal&) = delete;
  ~IgnorePipeSignal() { (void)std::signal(SIGPIPE, old_); }

 private:
  void (*old_)(int);
};

}  // namespace husk::transfer
