#include "libcore/cli/tool.hpp"
#include "libcore/container/stop.hpp"
#include "libcore/store/names.hpp"

#include <cstdio>

using namespace husk;

int main(int argc, char** argv) {
  cli::Tool tool("husk-wait", "Wait until containers end, and print their exit codes");
  std::vector<std::string> names;
  tool.complete(tool.app().add_option("CONTAINER", names, "Name or id")->required(),
                [](std::string_view) { return store::container_names(store::Running::yes); });
  return tool.run(argc, argv, [&] {
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    return tool.for_each(names, [&](const std::string& name) {
      std::printf("%d\n", container::wait(store::find_container(store, name)));
    });
  });
}
