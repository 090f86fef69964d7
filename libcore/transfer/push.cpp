#include "libcore/transfer/push.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/transfer/image_sink.hpp"
#include "libcore/transfer/push_plan.hpp"
#include "libcore/transfer/pushed.hpp"
#include "libcore/transfer/signal.hpp"

namespace husk::transfer {
namespace {

/// All of it but the manifest, which is returned.
oci::Verified put_content(ImageSink& sink, const store::Lease& lease, const store::Tag& image,
                          const oci::Manifest& manifest, const std::vector<LayerPush::Job>& jobs) {
  const auto blobs = sink.put_layers(jobs);
  sys::reached("push.layers_sent");
  sink.put_blob(manifest.config);
  oci::Verified document = pushed_document(lease, image, manifest, blobs);
  sys::reached("push.manifest_written");
  return document;
}

}  // namespace

oci::Descriptor push(const store::Lease& lease, const store::Tag& image, const oci::Reference& destination,
                     const PushOptions& options) {
  const store::Store& store = lease.store();
  const oci::Manifest manifest = store::read_manifest(store, image);
  const auto jobs =
      plan_push(store, manifest, store::read_config(store, image.image_id), options.compression);
  // Mirrors are for pulling: the last one is the place itself.
  const auto places = registry::pull_sources(registry::read_registries_conf(), destination);
  const registry::ClientOptions how{.access = registry::Access::push,
                                    .security = options.security,
                                    .credentials = options.credentials,
                                    .authfile = options.authfile,
                                    .mount_from = find_mount_sources(store, destination, jobs)};
  const IgnorePipeSignal ignore;
  registry::Http http;
  RegistrySink sink(http, places.back(), how, lease, options.progress);
  return in_context([&] { return cat("push ", destination.familiar()); },
                    [&] {
                      const auto there = sink.find();
                      sys::reached("push.manifest_asked");
                      if (there == image.manifest.digest) {
                        if (options.progress.changed) options.progress.changed({.layers = jobs.size()});
                        return image.manifest;
                      }
                      const oci::Verified document = put_content(sink, lease, image, manifest, jobs);
                      sink.put_named(document);
                      sys::reached("push.manifest_sent");
                      keep_pushed(lease, image, document.descriptor());
                      return document.descriptor();
                    });
}

oci::Descriptor push_layout(const store::Lease& lease, const store::Tag& image, const LayoutName& destination,
                            const PushOptions& options) {
  const store::Store& store = lease.store();
  LayoutSink sink(destination, lease, options.progress);
  const oci::Manifest manifest = store::read_manifest(store, image);
  const auto jobs =
      plan_push(store, manifest, store::read_config(store, image.image_id), options.compression);
  const oci::Verified document = put_content(sink, lease, image, manifest, jobs);
  sink.put_named(document);
  keep_pushed(lease, image, document.descriptor());
  return document.descriptor();
}

}  // namespace husk::transfer
