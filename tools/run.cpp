#include "libcore/container/run.hpp"
#include "libcore/cli/run_options.hpp"
#include "libcore/container/create.hpp"
#include "libcore/container/monitor.hpp"
#include "libcore/runtime/own_binary.hpp"
#include "libcore/store/names.hpp"

#include <unistd.h>
#include <cstdio>

namespace {

using namespace husk;

int run(const cli::Tool& tool, const container::RunOptions& options, bool detach) {
  if (!detach && options.terminal && options.interactive && ::isatty(STDIN_FILENO) == 0) {
    Error error("the input device is not a TTY");
    error.set_hint("without -t standard input goes to the container as it is");
    throw error;
  }
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  const userns::IdMap map = userns::choose_map(userns::parse_choice(options.userns));
  store::Container container = container::create(store, options, map);
  if (!detach)
    return container::run_attached(store, std::move(container), map, container::Streams::of_caller).code;
  container::run_detached(store, container);
  std::printf("%s\n", container.config().id.c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-run", "Run a command in a new container");
  tool.set_failure(Exit::engine);
  container::RunOptions options;
  bool detach = false;
  tool.complete(cli::add_run_options(tool, options), [](std::string_view) { return store::image_names(); });
  tool.app().add_flag("-d,--detach", detach, "Run it in the background, and print its id");
  return tool.run(argc, argv, [&] {
    runtime::shield_own_binary(argv);
    return run(tool, options, detach);
  });
}
