#include "libcore/container/inspect.hpp"
#include "libcore/base/error.hpp"
#include "libcore/cli/inspection.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/container/inspect_image.hpp"
#include "libcore/container/volume_list.hpp"
#include "libcore/store/names.hpp"
#include "libcore/store/volumes.hpp"

#include <cstdio>

namespace {

using namespace husk;

struct Options {
  std::vector<std::string> names;
  std::string format, type;
  bool size = false;
};

Value inspect_container(const store::Store& store, const store::Container& found, const Options& options) {
  std::optional<container::ContainerSize> size;
  if (options.size) size = container::measure_sizes(store, {&found}).front();
  return container::inspect_container(store, found, size);
}

// A container, or else an image, or else a volume.
Value inspect_any(const store::Store& store, const std::string& name, const Options& options) {
  if (const auto found = store::find_container_if_any(store, name))
    return inspect_container(store, *found, options);
  if (const auto found = store::find_image_if_any(store, name))
    return container::inspect_image(store, *found);
  if (const auto found = store::find_volume(store, name)) return container::inspect_volume(store, *found);
  throw Error(cat("there is no container, image or volume ", quote(name)));
}

Value inspect(const store::Store& store, const std::string& name, const Options& options) {
  if (options.type == "container")
    return inspect_container(store, store::find_container(store, name), options);
  if (options.type == "image") return container::inspect_image(store, store::find_image(store, name));
  if (options.type == "volume") return container::inspect_volume(store, store::get_volume(store, name));
  return inspect_any(store, name, options);
}

int inspect_all(const cli::Tool& tool, const Options& options) {
  if (const std::string& type = options.type;
      !type.empty() && type != "container" && type != "image" && type != "volume")
    throw Error(cat("--type ", quote(type), " is none of container, image and volume"), Exit::usage);
  cli::Inspection inspection(options.format);
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  const int code = tool.for_each(
      options.names, [&](const std::string& name) { inspection.add(inspect(store, name, options)); });
  std::fputs(inspection.print().c_str(), stdout);
  return code;
}

std::vector<std::string> all_names() {
  std::vector<std::string> names = store::container_names(store::Running::either);
  for (auto* const more : {store::image_names, store::volume_names}) {
    for (std::string& name : more()) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-inspect", "Say all about containers, images and volumes, as JSON");
  Options options;
  auto& app = tool.app();
  auto* const names =
      app.add_option("NAME", options.names, "Or id, of a container, image or volume")->required();
  app.add_option("-f,--format", options.format, "json, or a template: '{{.State.Status}}'");
  auto* const type = app.add_option("--type", options.type, "container, image or volume: no other is meant");
  app.add_flag("-s,--size", options.size, "Say how much containers have written");
  tool.complete(names, [](std::string_view) { return all_names(); });
  tool.complete(type, [](std::string_view) {
    return std::vector<std::string>{"container", "image", "volume"};
  });
  return tool.run(argc, argv, [&] { return inspect_all(tool, options); });
}
