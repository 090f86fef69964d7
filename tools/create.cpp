#include "libcore/container/create.hpp"
#include "libcore/cli/run_options.hpp"
#include "libcore/store/names.hpp"

#include <cstdio>

namespace {

using namespace husk;

int create(const cli::Tool& tool, const container::RunOptions& options) {
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  const userns::IdMap map = userns::choose_map(userns::parse_choice(options.userns));
  std::printf("%s\n", container::create(store, options, map).config().id.c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-create", "Make a container that husk-start starts");
  tool.set_failure(Exit::engine);
  container::RunOptions options;
  tool.complete(cli::add_run_options(tool, options), [](std::string_view) { return store::image_names(); });
  return tool.run(argc, argv, [&] { return create(tool, options); });
}
