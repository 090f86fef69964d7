#include "libcore/container/stop.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/store/names.hpp"

#include <cstdio>

using namespace husk;

int main(int argc, char** argv) {
  cli::Tool tool("husk-stop", "End containers, with patience");
  std::vector<std::string> names;
  std::string signal;
  container::StopOptions options;
  auto& app = tool.app();
  tool.complete(app.add_option("CONTAINER", names, "Name or id")->required(),
                [](std::string_view) { return store::container_names(store::Running::yes); });
  app.add_option("-s,--signal", signal, "Send this one first; otherwise the image's, or TERM");
  app.add_option("-t,--time,--timeout", options.patience,
                 "Seconds to wait before it is killed; -1: for ever");
  return tool.run(argc, argv, [&] {
    if (!signal.empty()) options.signal = container::parse_signal_option(signal);
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    return tool.for_each(names, [&](const std::string& name) {
      container::stop(store::find_container(store, name), options);
      std::printf("%s\n", escape(name).c_str());
    });
  });
}
