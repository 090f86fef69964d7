// Not for people: the first process of a container that was started with --init. husk-run has cloned the
// command from it, whose number is the argument, and executed this in its place: a copy of husk-run itself
// would have to be shut off from the container for what is in its memory, and with it from husk-exec. Its
// file is a sealed copy in memory. All signals are blocked.

#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace {

constexpr int engine = 125;  // as docker-run(1)

void ignore(int) {}

// While sigwaitinfo(2) waits, /proc/<pid>/status shows what it waits for as not blocked, and the kernel drops
// what pid 1 has no handler for: who looks there, husk-run for one, has to see that nothing is lost.
void show_interest() {
  struct sigaction action {};
  action.sa_handler = ignore;
  for (int number = 1; number <= SIGRTMAX; ++number) (void)::sigaction(number, &action, nullptr);
}

// Waits for all that have ended, and ends with the command.
void reap(pid_t command) {
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, WNOHANG);
    if (ended == command) ::_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    if (ended == 0) return;
    if (ended < 0 && errno != EINTR) ::_exit(engine);  // it has not been waited for, so there is a child
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto command = static_cast<pid_t>(argc == 2 ? std::strtol(argv[1], nullptr, 10) : 0);
  if (::getpid() != 1 || command <= 1) return 2;
  (void)::prctl(PR_SET_NAME, "husk-init");  // it would be the number of a descriptor
  // Nobody waits in vain for the end of a pipe.
  (void)::close_range(0, ~0U, 0);
  show_interest();
  sigset_t all;
  ::sigfillset(&all);
  for (;;) {
    siginfo_t info{};
    const int number = ::sigwaitinfo(&all, &info);
    if (number < 0 && errno != EINTR) return engine;
    if (number == SIGCHLD) reap(command);
    // What the terminal sends goes to its whole foreground group, the command among them.
    if (number > 0 && number != SIGCHLD && info.si_code != SI_KERNEL) (void)::kill(command, number);
  }
}
