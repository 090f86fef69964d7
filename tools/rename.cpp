#include "libcore/cli/tool.hpp"
#include "libcore/store/containers.hpp"
#include "libcore/store/names.hpp"

using namespace husk;

int main(int argc, char** argv) {
  cli::Tool tool("husk-rename", "Give a container another name");
  std::string old_name;
  std::string name;
  tool.complete(tool.app().add_option("CONTAINER", old_name, "Name or id")->required(),
                [](std::string_view) { return store::container_names(store::Running::either); });
  tool.app().add_option("NAME", name, "Its name from now on")->required();
  return tool.run(argc, argv, [&] {
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    store::rename_container(store, store::find_container(store, old_name), name);
    return 0;
  });
}
