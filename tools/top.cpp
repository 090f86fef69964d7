#include "libcore/container/top.hpp"
#include "libcore/cli/table.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/store/names.hpp"

#include <cstdio>

using namespace husk;

int main(int argc, char** argv) {
  cli::Tool tool("husk-top", "List the processes of a container");
  std::vector<std::string> words;
  auto& app = tool.app();
  app.end_options_at_positional();
  auto* const option = app.add_option("CONTAINER", words, "Name or id, then options for ps")->required();
  tool.complete(option, [](std::string_view) { return store::container_names(store::Running::yes); });
  return tool.run(argc, argv, [&] {
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    std::vector<std::string> options(words.begin() + 1, words.end());
    if (options.empty()) options = {"-ef"};
    std::fputs(
        cli::print_table(container::list_top(store::find_container(store, words.front()), options)).c_str(),
        stdout);
    return 0;
  });
}
