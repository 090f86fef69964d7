#pragma once

#include "libcore/base/fd.hpp"

#include <sys/types.h>

/// The socket between the program that starts a command in a container and the process that becomes that
/// command. It sends a Failure (report.hpp) or descriptors, and waits for go-aheads; execve(2) closes it,
/// which is the good news.
namespace husk::runtime {

struct SocketPair {
  Fd ours;
  Fd theirs;
};
SocketPair make_control();

// The parent's side; throws.

void let_go_on(const Fd& control);

struct Message {
  Fd descriptor;
  pid_t number = 0;
  bool end = false;  // nobody holds the other end any more
};
/// Throws what the process reports.
Message receive(const Fd& control);

// The side of the process: system calls only.

/// Ends the process, now or later, when the parent has ended.
void die_with_parent(int control) noexcept;
/// Returns when it lets go on; ends the process if it never will.
void wait_for_parent(int control) noexcept;
/// False and errno on failure.
bool send_descriptor(int control, int fd, pid_t number = 0) noexcept;

}  // namespace husk::runtime
