#include "libcore/base/error.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/container/port_option.hpp"
#include "libcore/store/containers.hpp"
#include "libcore/store/names.hpp"

#include <cstdio>

namespace {

using namespace husk;

int print(const cli::Tool& tool, const std::string& name, const std::string& wanted) {
  const std::string port = wanted.empty() ? "" : container::parse_container_port(wanted);
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  const store::Container found = store::find_container(store, name);
  const bool runs = store::read_state(found).status == store::Status::running;
  bool is_there = false;
  for (const std::string& text : found.config().ports) {
    const runtime::PublishedPort each = container::parse_port(text);
    if (!runs || (!port.empty() && container::container_port(each) != port)) continue;
    is_there = true;
    const std::string arrow = port.empty() ? cat(container::container_port(each), " -> ") : "";
    std::puts(cat(arrow, container::host_place(each)).c_str());
  }
  if (is_there || port.empty()) return 0;
  throw Error(cat("port ", port, " of container ", quote(found.config().name), " is not published",
                  runs ? "" : ": it does not run"));
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-port", "Say where the ports of a container are published");
  std::string name, port;
  auto& app = tool.app();
  tool.complete(app.add_option("CONTAINER", name, "Name or id")->required(),
                [](std::string_view) { return store::container_names(store::Running::yes); });
  app.add_option("PORT", port, "Only this one: 80, 53/udp");
  return tool.run(argc, argv, [&] { return print(tool, name, port); });
}
