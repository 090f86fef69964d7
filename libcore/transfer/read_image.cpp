#include "libcore/transfer/read_image.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"

namespace husk::transfer {
namespace {

constexpr int max_index_depth = 4;

}  // namespace

ImageDocuments read_image(ImageSource& source, const oci::Platform& platform) {
  oci::Verified document = source.root();
  std::optional<oci::Verified> index;
  for (int depth = 0; oci::is_index_media_type(document.descriptor().media_type); ++depth) {
    if (depth == max_index_depth) throw Error("image indexes are nested too deeply");
    const oci::Index list = oci::parse_index(document);
    if (!index) index = document;
    document = source.document(oci::select_platform(list, platform));
  }
  sys::reached("pull.manifest_read");
  const oci::Manifest manifest = oci::parse_manifest(document);
  if (manifest.layers.size() > oci::max_layers) {
    throw Error(cat("the image has ", manifest.layers.size(), " layers, more than ", oci::max_layers));
  }
  oci::Verified config = source.config(manifest.config);
  sys::reached("pull.config_read");
  return {std::move(index), std::move(document), std::move(config)};
}

}  // namespace husk::transfer
