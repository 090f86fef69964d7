#include "libcore/cli/run_options.hpp"

namespace husk::cli {

Option* add_run_options(Tool& tool, container::RunOptions& options) {
  auto& app = tool.app();
  app.end_options_at_positional();
  app.add_repeated("-e,--env", options.environment, "Set NAME=VALUE, or NAME as it is here");
  app.add_option("-w,--workdir", options.working_directory, "Working directory in the container");
  app.add_option("-u,--user", options.user, "User, by name or number: USER[:GROUP]");
  app.add_repeated("-v,--volume", options.volumes, "Show HOST in the container: HOST:CTR[:ro]");
  app.add_repeated("-p,--publish", options.ports, "Publish a port: [ADDR:]HOST:CTR[/udp]");
  app.add_option("--network", options.network, "Network: private, host or none");
  app.add_option("--name", options.name, "Name of the container");
  app.add_option("--hostname", options.host_name, "Host name in the container");
  app.add_option("--entrypoint", options.entrypoint, "Run this instead of the image's entrypoint");
  app.add_option("--userns", options.userns, "Users of the container: auto, subid or single");
  app.add_option("--pull", options.pull, "When to pull the image: missing, always or never");
  app.add_option("--stop-signal", options.stop_signal, "What husk-stop sends, instead of the image's");
  app.add_flag("--rm", options.remove, "Remove the container when it ends");
  app.add_flag("-i,--interactive", options.interactive, "Give the command our standard input");
  app.add_flag("-t,--tty", options.terminal, "Give the command a terminal");
  app.add_flag("--read-only", options.read_only, "Make the root file system read-only");
  return app.add_option("IMAGE", options.words, "Image, then the command and its arguments")->required();
}

}  // namespace husk::cli
