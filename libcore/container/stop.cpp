#include "libcore/container/stop.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/signal_name.hpp"
#include "libcore/container/pause.hpp"
#include "libcore/runtime/signals.hpp"
#include "libcore/store/ending.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>

namespace husk::container {
namespace {

// By descriptor: a process that got the number since is not hit.
void send(const store::Container& container, const Fd& process, int signal) {
  if (runtime::would_be_lost(store::read_state(container).pid, signal)) signal = SIGKILL;
  if (::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) != 0 && errno != ESRCH)
    throw_errno("send a signal to container ", quote(container.config().name));
}

bool has_ended(const Fd& process, int patience) {
  pollfd end{process.get(), POLLIN, 0};
  int ready = 0;
  do ready = ::poll(&end, 1, patience < 0 ? -1 : patience * 1000);
  while (ready < 0 && errno == EINTR);
  return ready == 1;
}

}  // namespace

int parse_signal_option(const std::string& text) {
  if (const auto signal = parse_signal(text)) return *signal;
  Error error(cat("there is no signal ", quote(text)), Exit::usage);
  error.set_hint("give a name or a number: TERM, SIGUSR1, 9");
  throw error;
}

void stop(const store::Container& container, const StopOptions& options) {
  const store::Ending ending(container);
  const auto process = store::open_running(container);
  if (!process) return;
  const auto usual = parse_signal(container.config().stop_signal);
  send(container, *process, options.signal.value_or(usual.value_or(SIGTERM)));
  let_go_on(container);  // one that stands still would not hear of it
  constexpr int usual_patience = 10;
  const int patience = options.patience.value_or(container.config().stop_timeout.value_or(usual_patience));
  if (!has_ended(*process, patience)) {
    send(container, *process, SIGKILL);
    if (constexpr int until_killed = 10; !has_ended(*process, until_killed))
      throw Error(cat("container ", quote(container.config().name), " does not end"));
  }
  (void)ending.wait();
}

void kill(const store::Container& container, int signal) {
  const auto process = store::open_running(container);
  if (!process) throw Error(cat("container ", quote(container.config().name), " is not running"));
  send(container, *process, signal);
}

int wait(const store::Container& container) {
  const store::Ending ending(container);
  const store::Status before = store::read_state(container).status;
  if (const auto process = store::open_running(container)) (void)has_ended(*process, -1);
  const auto told = ending.wait();
  if (told) return *told;
  if (before == store::Status::created)
    throw Error(cat("container ", quote(container.config().name), " was never started"));
  throw Error(cat("nobody saw how container ", quote(container.config().name), " ended"));
}

}  // namespace husk::container
