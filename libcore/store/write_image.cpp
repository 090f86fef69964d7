#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/images.hpp"
#include "libcore/store/layer_file.hpp"

namespace husk::store {
namespace {

// The blob, if we know one: the image can be pushed as it is then. Else the tar that write_layer_tar() gives.
oci::Descriptor describe_layer(const Store& store, const oci::Digest& diff_id) {
  if (auto blob = find_layer_blob(store, diff_id); blob && find_blob(store, blob->digest)) {
    blob->annotations.clear();
    return *blob;
  }
  for (const auto map : {userns::MapKind::subordinate, userns::MapKind::single}) {
    if (layer_state(store, map, diff_id) == LayerState::absent) continue;
    return {.media_type = oci::media_type::layer_tar,
            .digest = diff_id,
            .size = read_layer_info(store, map, diff_id).tar_size};
  }
  throw Error(cat("layer ", diff_id.str(), " is missing"));
}

}  // namespace

Tag write_documents(const Lease& lease, const oci::ImageConfig& config, const Annotations& annotations) {
  const oci::Descriptor config_blob =
      write_blob(lease, oci::print_image_config(config), oci::media_type::config);
  sys::reached("image.config_written");
  oci::Manifest manifest{.media_type = oci::media_type::manifest,
                         .config = config_blob,
                         .layers = {},
                         .annotations = annotations};
  for (const oci::Digest& diff_id : config.diff_ids) {
    manifest.layers.push_back(describe_layer(lease.store(), diff_id));
  }
  Tag tag{
      .reference = {},
      .manifest = write_blob(lease, oci::print_manifest(manifest), oci::media_type::manifest),
      .image_id = config_blob.digest,
  };
  sys::reached("image.manifest_written");
  return tag;
}

Tag write_image(const Lease& lease, const oci::ImageConfig& config, std::optional<oci::Reference> reference) {
  Tag tag = write_documents(lease, config, {});
  tag.reference = std::move(reference);
  set_tag(lease, tag);
  return tag;
}

}  // namespace husk::store
