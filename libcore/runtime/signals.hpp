#pragma once

#include "libcore/base/fd.hpp"

#include <sys/types.h>
#include <csignal>
#include <optional>

namespace husk::runtime {

/// From the constructor on, signals to this process that are meant for the container wait in a descriptor.
/// The mask is as it was after the destructor.
class SignalInbox {
 public:
  SignalInbox();
  SignalInbox(SignalInbox&&) = delete;
  ~SignalInbox();

  int fd() const noexcept { return fd_.get(); }
  std::optional<int> take();

 private:
  Fd fd_;
  sigset_t saved_;
};

/// For a container: the mask of this process, but with none of those signals blocked, of which another
/// container may be the cause.
sigset_t mask_of_container() noexcept;

/// What the first process of a pid namespace makes of a signal that it neither catches nor ignores: nothing
/// (pid_namespaces(7)). What the sender wants is the default action. True if that is the end of the process,
/// and the process PID would not hear of it.
bool would_be_lost(pid_t pid, int signal);

}  // namespace husk::runtime
