#include "libcore/cli/tool.hpp"
#include "libcore/container/monitor.hpp"
#include "libcore/container/root.hpp"
#include "libcore/container/run.hpp"
#include "libcore/runtime/own_binary.hpp"
#include "libcore/store/names.hpp"

#include <cstdio>

namespace {

using namespace husk;

struct Options {
  std::vector<std::string> names;
  bool attach = false;
  bool interactive = false;
};

int start_attached(const store::Store& store, const Options& options) {
  if (options.names.size() > 1) throw Error("only one container can have our standard streams", Exit::usage);
  store::Container container = store::find_container(store, options.names.front());
  const userns::IdMap map = container::map_of(container.config().map);
  const auto streams =
      options.interactive ? container::Streams::of_caller : container::Streams::without_input;
  return container::run_attached(store, std::move(container), map, streams).code;
}

int start_detached(const cli::Tool& tool, const store::Store& store, const Options& options) {
  return tool.for_each(options.names, [&](const std::string& name) {
    const store::Container container = store::find_container(store, name);
    if (!store::open_running(container)) container::run_detached(store, container);
    std::printf("%s\n", escape(name).c_str());
  });
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-start", "Start containers again, or those of husk-create");
  tool.set_failure(Exit::engine);
  Options options;
  auto& app = tool.app();
  tool.complete(app.add_option("CONTAINER", options.names, "Name or id")->required(),
                [](std::string_view) { return store::container_names(store::Running::no); });
  app.add_flag("-a,--attach", options.attach, "In the foreground: its output is ours, and its exit code");
  app.add_flag("-i,--interactive", options.interactive, "The same, and it gets our standard input");
  return tool.run(argc, argv, [&] {
    runtime::shield_own_binary(argv);
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    return options.attach || options.interactive ? start_attached(store, options)
                                                 : start_detached(tool, store, options);
  });
}
