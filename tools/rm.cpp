#include "libcore/cli/tool.hpp"
#include "libcore/container/remove.hpp"
#include "libcore/store/containers.hpp"
#include "libcore/store/names.hpp"

#include <cstdio>

using namespace husk;

int main(int argc, char** argv) {
  cli::Tool tool("husk-rm", "Remove containers");
  std::vector<std::string> names;
  bool force = false, volumes = false;
  auto& app = tool.app();
  tool.complete(app.add_option("CONTAINER", names, "Name or id")->required(),
                [](std::string_view) { return store::container_names(store::Running::either); });
  app.add_flag("-f,--force", force, "Kill those that run");
  app.add_flag("-v,--volumes", volumes, "And their volumes that have no name");
  return tool.run(argc, argv, [&] {
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    return tool.for_each(names, [&](const std::string& name) {
      if (force && !store::find_container_if_any(store, name)) {
        return tool.warn(cat("no such container: ", quote(name)));  // what was asked for is so already
      }
      container::remove(store, name, force ? container::Force::yes : container::Force::no,
                        volumes ? container::Volumes::remove : container::Volumes::keep);
      std::printf("%s\n", escape(name).c_str());
    });
  });
}
