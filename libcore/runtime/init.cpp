#include "libcore/runtime/init.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <charconv>
#include <csignal>

namespace husk::runtime {

bool split_off_init(int program) noexcept {
  // Nothing is lost before husk-init looks: what is blocked waits for it, also while it is executed.
  sigset_t all;
  ::sigfillset(&all);
  if (::sigprocmask(SIG_SETMASK, &all, nullptr) != 0) return false;
  // An ignored SIGCHLD, inherited, would leave no status to wait for.
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  (void)::sigaction(SIGCHLD, &usual, nullptr);
  const long command = ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (command <= 0) return command == 0;
  char name[] = "husk-init";
  char number[16] = {};
  (void)std::to_chars(number, number + sizeof number - 1, command);
  char* const argv[] = {name, number, nullptr};
  char* const envp[] = {nullptr};
  (void)::syscall(SYS_execveat, program, "", argv, envp, AT_EMPTY_PATH);
  return false;
}

}  // namespace husk::runtime
