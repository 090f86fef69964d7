#include "libcore/container/diff.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/store/names.hpp"

#include <unistd.h>

using namespace husk;

int main(int argc, char** argv) {
  cli::Tool tool("husk-diff", "List what a container changed of its image");
  std::string name;
  tool.complete(tool.app().add_option("CONTAINER", name, "Name or id")->required(),
                [](std::string_view) { return store::container_names(store::Running::either); });
  return tool.run(argc, argv, [&] {
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    container::write_changes(store, store::find_container(store, name), STDOUT_FILENO);
    return 0;
  });
}
