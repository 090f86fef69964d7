#include "libcore/container/pause.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/store/names.hpp"

#include <cstdio>

using namespace husk;

int main(int argc, char** argv) {
  cli::Tool tool("husk-pause", "Let all processes of containers stand still");
  std::vector<std::string> names;
  tool.complete(tool.app().add_option("CONTAINER", names, "Name or id")->required(),
                [](std::string_view) { return store::container_names(store::Running::yes); });
  return tool.run(argc, argv, [&] {
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    return tool.for_each(names, [&](const std::string& name) {
      container::pause(store::find_container(store, name));
      std::puts(escape(name).c_str());
    });
  });
}
