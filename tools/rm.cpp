#include "libcore/cli/tool.hpp"
#include "libcore/container/remove.hpp"
#include "libcore/store/containers.hpp"

#include <cstdio>

namespace {

using namespace husk;

// One that can't be removed does not keep the others.
int remove_all(const cli::Tool& tool, const std::vector<std::string>& names, container::Force force) {
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  int code = 0;
  for (const std::string& name : names) {
    try {
      container::remove(store, name, force);
      std::printf("%s\n", escape(name).c_str());
    } catch (const Error& error) {
      tool.warn(error.what());
      if (!error.hint().empty()) tool.warn(cat("hint: ", error.hint()));
      code = static_cast<int>(Exit::failure);
    }
  }
  return code;
}

std::vector<std::string> container_names(std::string_view) {
  std::vector<std::string> names;
  for (const auto& container : store::list_containers(store::Store::open([](const std::string&) {}))) {
    names.push_back(container.config().name);
  }
  return names;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-rm", "Remove containers");
  std::vector<std::string> names;
  bool force = false;
  auto& app = tool.app();
  tool.complete(app.add_option("CONTAINER", names, "Name or id")->required(), container_names);
  app.add_flag("-f,--force", force, "Kill those that run");
  return tool.run(argc, argv, [&] {
    return remove_all(tool, names, force ? container::Force::yes : container::Force::no);
  });
}
