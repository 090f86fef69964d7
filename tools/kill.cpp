#include "libcore/cli/tool.hpp"
#include "libcore/container/stop.hpp"
#include "libcore/store/names.hpp"

#include <cstdio>

using namespace husk;

int main(int argc, char** argv) {
  cli::Tool tool("husk-kill", "Send a signal to containers");
  std::vector<std::string> names;
  std::string signal = "KILL";
  auto& app = tool.app();
  tool.complete(app.add_option("CONTAINER", names, "Name or id")->required(),
                [](std::string_view) { return store::container_names(store::Running::yes); });
  app.add_option("-s,--signal", signal, "Name or number; KILL if left out");
  return tool.run(argc, argv, [&] {
    const int number = container::parse_signal_option(signal);
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    return tool.for_each(names, [&](const std::string& name) {
      container::kill(store::find_container(store, name), number);
      std::printf("%s\n", escape(name).c_str());
    });
  });
}
