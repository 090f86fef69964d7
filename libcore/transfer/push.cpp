#include "libcore/transfer/push.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/transfer/push_plan.hpp"
#include "libcore/transfer/put_image.hpp"
#include "libcore/transfer/signal.hpp"

namespace husk::transfer {

Pushed push(const store::Lease& lease, const store::Tag& image, const oci::Reference& destination,
            const PushOptions& options) {
  const store::Store& store = lease.store();
  const auto jobs = plan_layers_of(store, image, options.compression);
  // Mirrors are for pulling: the last one is the place itself.
  const auto places = registry::pull_sources(registry::read_registries_conf(), destination);
  const registry::ClientOptions how{.access = registry::Access::push,
                                    .security = options.security,
                                    .credentials = options.credentials,
                                    .authfile = options.authfile,
                                    .mount_from = find_mount_sources(store, destination, jobs)};
  const bool with_index = find_whole_index(store, image).has_value();
  const IgnorePipeSignal ignore;
  registry::Http http;
  RegistrySink sink(http, places.back(), how, lease, options.progress);
  return in_context([&] { return cat("push ", destination.familiar()); },
                    [&]() -> Pushed {
                      const auto there = sink.find();
                      sys::reached("push.manifest_asked");
                      const oci::Descriptor& root = with_index ? *image.index : image.manifest;
                      if (there == root.digest) {
                        if (options.progress.changed) options.progress.changed({.layers = jobs.size()});
                        return {image, root};
                      }
                      const PutImage put = put_image(sink, lease, image, options.compression);
                      sink.put_named(put.root);
                      sys::reached("push.manifest_sent");
                      keep_pushed(lease, image, put.image);
                      return {put.image, put.root.descriptor()};
                    });
}

Pushed push_layout(const store::Lease& lease, const store::Tag& image, const LayoutName& destination,
                   const PushOptions& options) {
  LayoutSink sink(destination, lease, options.progress);
  const PutImage put = put_image(sink, lease, image, options.compression);
  sink.put_named(put.root);
  keep_pushed(lease, image, put.image);
  return {put.image, put.root.descriptor()};
}

}  // namespace husk::transfer
