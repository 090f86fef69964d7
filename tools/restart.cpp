#include "libcore/cli/tool.hpp"
#include "libcore/container/monitor.hpp"
#include "libcore/container/stop.hpp"
#include "libcore/store/names.hpp"

#include <cstdio>

using namespace husk;

int main(int argc, char** argv) {
  cli::Tool tool("husk-restart", "Stop containers, and start them again");
  std::vector<std::string> names;
  container::StopOptions options;
  auto& app = tool.app();
  tool.complete(app.add_option("CONTAINER", names, "Name or id")->required(),
                [](std::string_view) { return store::container_names(store::Running::either); });
  app.add_option("-t,--time,--timeout", options.patience,
                 "Seconds to wait before it is killed; -1: for ever");
  return tool.run(argc, argv, [&] {
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    return tool.for_each(names, [&](const std::string& name) {
      const store::Container container = store::find_container(store, name);
      container::stop(container, options);
      container::run_detached(store, container);
      std::printf("%s\n", escape(name).c_str());
    });
  });
}
