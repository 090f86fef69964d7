#include "libcore/container/remove.hpp"

#include "libcore/base/error.hpp"
#include "libcore/container/mounts.hpp"
#include "libcore/container/stop.hpp"
#include "libcore/store/containers.hpp"

#include <csignal>

namespace husk::container {

void remove(const store::Store& store, const std::string& name_or_id, Force force, Volumes volumes) {
  const store::Container container = store::find_container(store, name_or_id);
  if (store::open_running(container)) {
    if (force == Force::no) {
      Error error(cat("container ", quote(container.config().name), " is running"));
      error.set_hint("stop it first, or use --force");
      throw error;
    }
    stop(container, {.signal = SIGKILL});
  }
  try {
    store::remove_container(store, container);
  } catch (const SysError& error) {
    // husk-run --rm may have been faster.
    if (error.code() != ENOENT) throw;
  }
  if (volumes == Volumes::remove) remove_anonymous_volumes(store, container.config().mounts);
}

}  // namespace husk::container
