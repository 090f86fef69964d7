#include "libcore/container/remove.hpp"

#include "libcore/base/error.hpp"
#include "libcore/store/containers.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>

namespace husk::container {
namespace {

constexpr int patience_ms = 10000;

// By descriptor: a process that got the number since is not hit.
void kill_and_wait(const Fd& process, const std::string& name) {
  if (::syscall(SYS_pidfd_send_signal, process.get(), SIGKILL, nullptr, 0) != 0 && errno != ESRCH) {
    throw_errno("kill container ", quote(name));
  }
  pollfd end{process.get(), POLLIN, 0};
  if (::poll(&end, 1, patience_ms) != 1) throw Error(cat("container ", quote(name), " does not end"));
}

}  // namespace

void remove(const store::Store& store, const std::string& name_or_id, Force force) {
  const store::Container container = store::find_container(store, name_or_id);
  if (const auto process = store::open_running(container)) {
    if (force == Force::no) {
      Error error(cat("container ", quote(container.config().name), " is running"));
      error.set_hint("stop it first, or use --force");
      throw error;
    }
    kill_and_wait(*process, name_or_id);
  }
  try {
    store::remove_container(store, container);
  } catch (const SysError& error) {
    // husk-run --rm may have been faster.
    if (error.code() != ENOENT) throw;
  }
}

}  // namespace husk::container
