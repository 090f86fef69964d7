#include "libcore/base/error.hpp"
#include "libcore/cli/row_format.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/store/gc.hpp"
#include "libcore/store/images.hpp"

#include <cstdio>

namespace {

using namespace husk;

struct Options {
  std::vector<std::string> images;
  bool force = false;
  bool quiet = false;
};

// False, after saying why, if the image is still there.
bool remove(const cli::Tool& tool, const store::Store& store, const std::string& name,
            const Options& options) {
  try {
    const store::Lease lease(store);
    const auto removal =
        store::remove_image(lease, name, options.force ? store::Force::yes : store::Force::no);
    if (options.quiet) return true;
    for (const std::string& tag : removal.untagged) std::printf("Untagged: %s\n", tag.c_str());
    for (const oci::Digest& id : removal.deleted) std::printf("Deleted: %s\n", id.str().c_str());
    return true;
  } catch (const Error& error) {
    tool.warn(cat("remove ", quote(name), ": ", error.what()));
    if (!error.hint().empty()) tool.warn("hint: " + error.hint());
    return false;
  }
}

int remove_all(const cli::Tool& tool, const Options& options) {
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  bool removed = true;
  // One that can't be removed does not keep the others.
  for (const std::string& name : options.images) removed = remove(tool, store, name, options) && removed;
  (void)store::collect_garbage(store);
  return removed ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-rmi", "Remove images");
  Options options;
  auto& app = tool.app();
  auto* const images = app.add_option("IMAGE", options.images, "Names or ids")->required();
  app.add_flag("-f,--force", options.force, "Also an image with several names, or one that a container uses");
  app.add_flag("-q,--quiet", options.quiet, "Do not print what was removed");
  tool.complete(images, [](std::string_view) {
    std::vector<std::string> names;
    for (const store::Tag& tag : store::list_tags(store::Store::open([](const std::string&) {}))) {
      names.push_back(tag.reference ? tag.reference->familiar()
                                    : std::string(tag.image_id.hex().substr(0, 12)));
    }
    return names;
  });
  return tool.run(argc, argv, [&] { return remove_all(tool, options); });
}
