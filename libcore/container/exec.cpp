#include "libcore/container/exec.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/container/create.hpp"
#include "libcore/container/null_streams.hpp"
#include "libcore/container/pause.hpp"
#include "libcore/container/profile_option.hpp"
#include "libcore/container/resource_option.hpp"
#include "libcore/container/run_options.hpp"
#include "libcore/runtime/exec.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace husk::container {
namespace {

runtime::Spec make_spec(const store::ContainerConfig& config, const ExecOptions& options) {
  runtime::Spec spec;
  spec.map.kind = config.map;
  spec.network = parse_network(config.network);
  spec.host_name = host_name_of(config);
  spec.arguments = options.command;
  spec.environment = merge_environment(config.environment,
                                       collect_environment(options.environment_files, options.environment),
                                       find_environment);
  spec.working_directory =
      options.working_directory.empty() ? config.working_directory : options.working_directory;
  spec.user = options.user.empty() ? config.user : options.user;
  spec.profile = profile_of(config.profile);
  for (const std::string& text : config.profile.limits) spec.limits.push_back(runtime::parse_limit(text));
  spec.terminal = options.terminal;
  spec.standard_input = options.interactive;
  return spec;
}

}  // namespace

ExitStatus exec(const store::Container& container, const ExecOptions& options) {
  const auto process = store::open_running(container);
  if (!process) {
    Error error(cat("container ", quote(container.config().name), " is not running"), Exit::engine);
    error.set_hint("husk-start starts it");
    throw error;
  }
  const store::ContainerState state = store::read_state(container);
  if (is_paused(state)) {
    Error error(cat("container ", quote(container.config().name), " is paused"), Exit::engine);
    error.set_hint("husk-unpause lets it go on");
    throw error;
  }
  ResourceScope resources(container.config(), state.pid);
  runtime::Spec spec = make_spec(container.config(), options);
  resources.limit(spec);
  if (!options.detach) {
    auto running = runtime::execute_in(process->get(), spec, runtime::Lifetime::of_caller);
    resources.leave();
    return running.wait();
  }
  const Fd errors(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
  become_null();
  try {
    runtime::execute_in(process->get(), spec, runtime::Lifetime::own).let_go();
  } catch (const Error&) {
    (void)::dup2(errors.get(), STDERR_FILENO);  // for the one who tells it
    throw;
  }
  return {0};
}

}  // namespace husk::container
