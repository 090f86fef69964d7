#include "libcore/container/run.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/runtime/own_binary.hpp"
#include "libcore/store/images.hpp"

#include <unistd.h>

namespace {

using namespace husk;

int run(const cli::Tool& tool, container::RunOptions& options, std::vector<std::string> words) {
  options.image = words.front();
  options.command.assign(words.begin() + 1, words.end());
  if (options.terminal && options.interactive && ::isatty(STDIN_FILENO) == 0) {
    Error error("the input device is not a TTY");
    error.set_hint("without -t standard input goes to the container as it is");
    throw error;
  }
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  return container::run(store, options).code;
}

std::vector<std::string> image_names(std::string_view) {
  std::vector<std::string> names;
  for (const store::Tag& tag : store::list_tags(store::Store::open([](const std::string&) {}))) {
    if (tag.reference) names.push_back(tag.reference->familiar());
  }
  return names;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-run", "Run a command in a new container");
  tool.set_failure(Exit::engine);
  container::RunOptions options;
  std::vector<std::string> words;
  auto& app = tool.app();
  app.positionals_at_end();
  app.prefix_command();
  app.add_option("-e,--env", options.environment, "Set NAME=VALUE, or NAME as it is here")
      ->allow_extra_args(false);
  app.add_option("-w,--workdir", options.working_directory, "Working directory in the container");
  app.add_option("-u,--user", options.user, "User, by name or number: USER[:GROUP]");
  app.add_option("-v,--volume", options.volumes, "Show HOST in the container: HOST:CTR[:ro]")
      ->allow_extra_args(false);
  app.add_option("-p,--publish", options.ports, "Publish a port: [ADDR:]HOST:CTR[/udp]")
      ->allow_extra_args(false);
  app.add_option("--network", options.network, "Network: private, host or none");
  app.add_option("--name", options.name, "Name of the container");
  app.add_option("--hostname", options.host_name, "Host name in the container");
  app.add_option("--entrypoint", options.entrypoint, "Run this instead of the image's entrypoint");
  app.add_option("--userns", options.userns, "Users of the container: auto, subid or single");
  app.add_option("--pull", options.pull, "When to pull the image: missing, always or never");
  app.add_flag("--rm", options.remove, "Remove the container when it ends");
  app.add_flag("-i,--interactive", options.interactive, "Give the command our standard input");
  app.add_flag("-t,--tty", options.terminal, "Give the command a terminal");
  app.add_flag("--read-only", options.read_only, "Make the root file system read-only");
  tool.complete(app.add_option("IMAGE", words, "Image, then the command and its arguments")->required(),
                image_names);
  return tool.run(argc, argv, [&] {
    runtime::shield_own_binary(argv);
    return run(tool, options, words);
  });
}
