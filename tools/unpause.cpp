#include "libcore/cli/tool.hpp"
#include "libcore/container/pause.hpp"
#include "libcore/store/names.hpp"

#include <cstdio>

using namespace husk;

int main(int argc, char** argv) {
  cli::Tool tool("husk-unpause", "Let paused containers go on");
  std::vector<std::string> names;
  tool.complete(tool.app().add_option("CONTAINER", names, "Name or id")->required(),
                [](std::string_view) { return store::container_names(store::Running::yes); });
  return tool.run(argc, argv, [&] {
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    return tool.for_each(names, [&](const std::string& name) {
      container::unpause(store::find_container(store, name));
      std::puts(escape(name).c_str());
    });
  });
}
