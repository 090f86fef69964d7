#include "libcore/container/run.hpp"
#include "libcore/cli/run_options.hpp"
#include "libcore/container/create.hpp"
#include "libcore/container/monitor.hpp"
#include "libcore/container/profile_option.hpp"
#include "libcore/runtime/own_binary.hpp"
#include "libcore/store/names.hpp"

#include <unistd.h>
#include <cstdio>

namespace {

using namespace husk;

struct Mode {
  bool detach = false;
  bool show_profile = false;
};

int run(const cli::Tool& tool, const container::RunOptions& options, const Mode& mode) {
  if (!mode.detach && options.terminal && options.interactive && ::isatty(STDIN_FILENO) == 0) {
    Error error("the input device is not a TTY");
    error.set_hint("without -t standard input goes to the container as it is");
    throw error;
  }
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  const userns::IdMap map = userns::choose_map(userns::parse_choice(options.userns));
  if (mode.show_profile) {
    std::fputs(container::describe_profile(options, map).c_str(), stdout);
    return 0;
  }
  const bool has_resources = std::any_of(options.resources.begin(), options.resources.end(),
                                         [](const auto& each) { return !each.second.empty(); });
  if (!mode.detach && has_resources) {
    return container::run_attached(store, container::create(store, options, map), map,
                                   container::Streams::of_caller)
        .code;
  }
  if (!mode.detach) {
    // First: the helpers that write the id maps take as long as all that there is to look up.
    runtime::Launch launch(map, container::parse_network(options.network));
    return container::run_attached(store, container::create(store, options, map), map,
                                   container::Streams::of_caller, std::move(launch))
        .code;
  }
  const store::Container container = container::create(store, options, map);
  container::run_detached(store, container);
  std::printf("%s\n", container.config().id.c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-run", "Run a command in a new container");
  tool.set_failure(Exit::engine);
  container::RunOptions options;
  Mode mode;
  tool.complete(cli::add_run_options(tool, options), [](std::string_view) { return store::image_names(); });
  tool.app().add_flag("-d,--detach", mode.detach, "Run it in the background, and print its id");
  tool.add_rare_options([&] {
    tool.app().add_flag("--show-profile", mode.show_profile,
                        "Print as JSON what would be applied; start nothing");
  });
  return tool.run(argc, argv, [&] {
    runtime::shield_own_binary(argv);
    return run(tool, options, mode);
  });
}
