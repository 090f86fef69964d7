#include "libcore/transfer/pull.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/transfer/layer_pulls.hpp"
#include "libcore/transfer/read_image.hpp"
#include "libcore/transfer/signal.hpp"

#include <deque>
#include <set>
#include <utility>

namespace husk::transfer {
namespace {

/// What has to be got of the layers. Decided from what is in the store; nothing is done.
std::deque<LayerPull::Job> plan_layers(const store::Store& store, userns::MapKind map,
                                       const oci::Manifest& manifest, const oci::ImageConfig& config) {
  if (manifest.layers.size() != config.diff_ids.size()) {
    throw Error(cat("the manifest has ", manifest.layers.size(), " layers but the configuration ",
                    config.diff_ids.size()));
  }
  std::deque<LayerPull::Job> jobs;
  std::set<oci::Digest> planned;
  for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
    const oci::Descriptor& blob = manifest.layers[i];
    const oci::Digest& diff_id = config.diff_ids[i];
    if (store::find_blob(store, blob.digest) || !planned.insert(blob.digest).second) continue;
    const auto there = store::find_layer_info(store, map, diff_id);
    const auto other_blob = store::find_layer_blob(store, diff_id);
    const bool has_tar =
        (there && there->packed_here) || (other_blob && store::find_blob(store, other_blob->digest));
    if (there && has_tar) continue;
    jobs.push_back({blob, diff_id, there ? Unpack::no : Unpack::yes});
  }
  return jobs;
}

store::Tag pull_image(registry::Http& http, ImageSource& source, const ImageDocuments& image,
                      const store::Lease& lease, const std::optional<oci::Reference>& name,
                      const PullOptions& options) {
  const oci::Manifest manifest = oci::parse_manifest(image.manifest);
  const oci::ImageConfig config = oci::parse_image_config(image.config);
  const IgnorePipeSignal ignore;
  pull_layers(http, source, lease, options.map,
              plan_layers(lease.store(), options.map.kind, manifest, config), manifest.layers.size(),
              options.progress);
  for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
    // So that a layer whose blob was there all along can be unpacked from it.
    if (store::find_blob(lease.store(), manifest.layers[i].digest)) {
      store::remember_layer_blob(lease, config.diff_ids[i], manifest.layers[i]);
    }
  }
  store::ensure_layers(lease, options.map, config.diff_ids);
  sys::reached("pull.layers_there");

  const auto write = [&](const oci::Verified& document) {
    return store::write_blob(lease, document.bytes(), document.descriptor().media_type);
  };
  const oci::Descriptor config_blob = write(image.config);
  sys::reached("pull.config_written");
  store::Tag tag{.reference = name, .manifest = write(image.manifest), .image_id = config_blob.digest};
  tag.manifest.media_type = manifest.media_type;
  if (image.index) tag.index = write(*image.index);
  sys::reached("pull.manifest_written");
  store::set_tag(lease, tag);
  sys::reached("pull.tag_set");
  return tag;
}

}  // namespace

store::Tag pull(const store::Lease& lease, const oci::Reference& reference, const PullOptions& options) {
  const registry::ClientOptions client{.access = registry::Access::pull,
                                       .security = options.security,
                                       .credentials = options.credentials,
                                       .authfile = options.authfile,
                                       .mount_from = {}};
  const auto places = registry::pull_sources(registry::read_registries_conf(), reference);
  registry::Http http;
  for (std::size_t i = 0;; ++i) {
    RegistrySource source(http, places[i], client);
    std::optional<ImageDocuments> image;
    try {
      image = read_image(source, options.platform);
    } catch (const Error& error) {
      // A mirror that does not have it, or does not answer.
      if (i + 1 == places.size()) throw;
      lease.store().warn(error.what());
      continue;
    }
    return pull_image(http, source, *image, lease, options.untagged ? std::nullopt : std::optional(reference),
                      options);
  }
}

store::Tag pull_layout(const store::Lease& lease, const LayoutName& layout,
                       const std::optional<oci::Reference>& name, const PullOptions& options) {
  registry::Http http;
  LayoutSource source(http, layout);
  const ImageDocuments image = read_image(source, options.platform);
  return pull_image(http, source, image, lease, name, options);
}

}  // namespace husk::transfer
