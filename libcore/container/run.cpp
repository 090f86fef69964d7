#include "libcore/container/run.hpp"

#include "libcore/base/error.hpp"
#include "libcore/container/create.hpp"
#include "libcore/container/mounts.hpp"
#include "libcore/container/resource_option.hpp"

namespace husk::container {

RunningRecord::RunningRecord(const store::Store& store, store::Container container)
    : store_(store), container_(std::move(container)), hold_(take_hold(container_)) {}

RunningRecord::~RunningRecord() {
  if (!container_.config().remove_at_end) return;
  try {
    store::remove_container(store_, container_);
    remove_anonymous_volumes(store_, container_.config().mounts);
  } catch (const Error& error) {
    store_.warn(cat("remove container ", container_.config().name, ": ", error.what()));
  }
}

store::Hold RunningRecord::take_hold(const store::Container& container) {
  if (auto hold = store::Hold::try_take(container)) return std::move(*hold);
  Error error(cat("container ", quote(container.config().name), " is running"), Exit::engine);
  error.set_hint(cat("husk-logs shows what it prints; husk-stop ends it"));
  throw error;
}

void RunningRecord::set_running(pid_t pid) const { store::set_running(container_, pid); }

void RunningRecord::set_exited(int code) const {
  if (!container_.config().remove_at_end) store::set_exited(container_, code);
  hold_.tell_exit_code(code);
}

void RunningRecord::set_not_started(const Error& error) const {
  set_exited(static_cast<int>(error.exit() == Exit::failure ? Exit::engine : error.exit()));
}

ExitStatus run_attached(const store::Store& store, store::Container container, const userns::IdMap& map,
                        Streams streams, std::optional<runtime::Launch> launch) {
  const RunningRecord record(store, std::move(container));
  try {
    ResourceScope resources(record.container().config());
    runtime::Spec spec = make_spec(store, record.container(), map);
    if (streams == Streams::without_input) spec.standard_input = false;
    resources.limit(spec);
    if (!launch) launch.emplace(spec.map, spec.network);
    resources.leave();
    runtime::Container running = std::move(*launch).start(spec);
    record.set_running(running.pid());
    const ExitStatus status = running.wait();
    record.set_exited(status.code);
    return status;
  } catch (const Error& error) {
    record.set_not_started(error);
    throw;
  }
}

}  // namespace husk::container
