#include "libcore/container/pause.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/process_stat.hpp"
#include "libcore/container/processes.hpp"
#include "libcore/store/container_file.hpp"

#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>
#include <vector>

namespace husk::container {
namespace {

bool stands_still(const ProcessStat& stat) {
  return stat.state == 'T' || stat.state == 't' || stat.state == 'Z' || stat.state == 'X';
}

struct Target {
  pid_t pid = 0;
  Fd process;
};

// By descriptor, and only to what is listed once more when that is open: so it is a process of the container,
// whoever had the number before, and none that gets it later.
void send(const std::vector<pid_t>& pids, pid_t first, int signal) {
  std::vector<Target> targets;
  for (const pid_t pid : pids) {
    Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!process && errno != ESRCH) throw_errno("open process ", pid);
    if (process) targets.push_back({pid, std::move(process)});
  }
  const std::vector<pid_t> still = list_processes(first);
  for (const Target& target : targets) {
    if (!std::ranges::binary_search(still, target.pid)) continue;
    if (::syscall(SYS_pidfd_send_signal, target.process.get(), signal, nullptr, 0) != 0 && errno != ESRCH)
      throw_errno("send a signal to process ", target.pid);
  }
}

// Asks those of the container that do not stand still; whether there were any.
bool stop_others(pid_t first) {
  std::vector<pid_t> moving = list_processes(first);
  std::erase_if(moving, [](pid_t pid) {
    const auto stat = read_process_stat(pid);
    return !stat || stands_still(*stat);
  });
  send(moving, first, SIGSTOP);
  return !moving.empty();
}

void continue_all(pid_t first) { send(list_processes(first), first, SIGCONT); }

store::ContainerState running_state(const store::Container& container) {
  store::ContainerState state = store::read_state(container);
  if (state.status != store::Status::running)
    throw Error(cat("container ", quote(container.config().name), " is not running"));
  return state;
}

}  // namespace

void pause(const store::Container& container) {
  using namespace std::chrono_literals;
  const store::ContainerState state = running_state(container);
  if (is_paused(state)) throw Error(cat("container ", quote(container.config().name), " is already paused"));
  // A process may fork before the signal reaches it, so once is not enough; one in the kernel takes its time.
  constexpr int most_tries = 1000;
  for (int tries = 0; tries < most_tries; ++tries) {
    if (!stop_others(state.pid)) return;
    std::this_thread::sleep_for(tries < 10 ? 1ms : 10ms);
  }
  continue_all(state.pid);
  throw Error(cat("container ", quote(container.config().name), " has processes that do not stop"));
}

void unpause(const store::Container& container) {
  const store::ContainerState state = running_state(container);
  if (!is_paused(state)) throw Error(cat("container ", quote(container.config().name), " is not paused"));
  continue_all(state.pid);
}

void let_go_on(const store::Container& container) {
  const store::ContainerState state = store::read_state(container);
  if (!is_paused(state)) return;
  try {
    continue_all(state.pid);
  } catch (const Error&) {
    if (store::read_state(container).status == store::Status::running) throw;
  }
}

Standstill::Standstill(const store::Container& container) {
  const store::ContainerState state = store::read_state(container);
  if (state.status != store::Status::running || is_paused(state)) return;
  try {
    pause(container);
    paused_ = &container;
  } catch (const Error&) {
    // One that has just ended stands still, too.
    if (store::read_state(container).status == store::Status::running) throw;
  }
}

Standstill::~Standstill() {
  if (paused_ == nullptr) return;
  try {
    let_go_on(*paused_);
  } catch (const Error&) {
    // It can be told of nowhere; husk-ps shows that it is paused, and husk-unpause says why it can't go on.
  }
}

bool is_paused(const store::ContainerState& state) {
  if (state.status != store::Status::running) return false;
  const auto stat = read_process_stat(state.pid);
  return stat && stat->state == 'T';
}

std::string_view status_word(const store::ContainerState& state) {
  return is_paused(state) ? "paused" : store::status_name(state.status);
}

}  // namespace husk::container
