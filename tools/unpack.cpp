#include "libcore/cli/tool.hpp"
#include "libcore/store/images.hpp"
#include "libcore/store/layers.hpp"

namespace {

using namespace husk;

struct Options {
  std::string image;
  std::string userns = "auto";
};

int unpack(const cli::Tool& tool, const Options& options) {
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  const userns::IdMap map = userns::choose_map(userns::parse_choice(options.userns));
  const store::Lease lease(store);
  const store::Tag tag = store::find_image(store, options.image);
  store::ensure_layers(lease, map, store::read_config(store, tag.image_id).diff_ids);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-unpack", "Make the layers of an image ready to run");
  Options options;
  auto& app = tool.app();
  app.add_option("IMAGE", options.image, "Name or id")->required();
  app.add_option("--userns", options.userns, "Owners of the files: auto, subid or single");
  return tool.run(argc, argv, [&] { return unpack(tool, options); });
}
