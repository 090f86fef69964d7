#include "libcore/cli/tool.hpp"
#include "libcore/container/host_info.hpp"

#include <cstdio>

using namespace husk;

int main(int argc, char** argv) {
  cli::Tool tool("husk-doctor", "Say what keeps containers from running, and what mends it");
  return tool.run(argc, argv, [&] {
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    const std::vector<container::Check> checks = container::check_host(store);
    std::fputs(container::print_checks(checks).c_str(), stdout);
    return container::can_run(checks) ? 0 : 1;
  });
}
