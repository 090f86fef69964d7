#include "libcore/transfer/push_cache.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/oci/manifest.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/transfer/image_sink.hpp"
#include "libcore/transfer/push_plan.hpp"
#include "libcore/transfer/signal.hpp"

#include <algorithm>
#include <map>

namespace husk::transfer {
namespace {

/// The layers of the steps, each once, in the order of the steps.
std::vector<oci::Digest> layers_of(const std::vector<oci::CachedStep>& steps) {
  std::vector<oci::Digest> layers;
  for (const oci::CachedStep& step : steps) {
    if (step.diff_id && std::ranges::find(layers, *step.diff_id) == layers.end())
      layers.push_back(*step.diff_id);
  }
  if (layers.size() <= oci::max_layers) return layers;
  Error error(cat("the cache has more than ", oci::max_layers, " layers"));
  error.set_hint("mode=min keeps those of the image only");
  throw error;
}

class CachePush {
 public:
  CachePush(ImageSink& sink, const store::Lease& lease, const CacheExport& what)
      : sink_(sink), lease_(lease), what_(what), layers_(layers_of(what.steps)) {}

  oci::Descriptor run() {
    put_layers();
    const std::string steps = oci::print_build_cache(what_.steps, layers_);
    if (steps.size() > oci::max_manifest_size || what_.steps.size() > oci::max_cached_steps)
      throw Error("the cache has too many steps");
    oci::Manifest manifest{.media_type = oci::media_type::manifest,
                           .config = store::write_blob(lease_, steps, oci::media_type::build_cache),
                           .layers = {}};
    for (const oci::Digest& layer : layers_) manifest.layers.push_back(blobs_.at(layer));
    sink_.put_blob(manifest.config);
    const std::string text = oci::print_manifest(manifest);
    const auto document =
        oci::Verified::from_store(text, store::write_blob(lease_, text, oci::media_type::manifest));
    sink_.put_named(document);
    sys::reached("cache.exported");
    return document.descriptor();
  }

 private:
  // What is not here and there already stays where it is.
  void put_layers() {
    std::vector<oci::Digest> missing;
    for (const oci::Digest& layer : layers_) {
      const auto elsewhere = what_.find_elsewhere(layer);
      if (!elsewhere) continue;
      if (sink_.has_blob(elsewhere->digest)) {
        blobs_.emplace(layer, *elsewhere);
      } else {
        missing.push_back(layer);
      }
    }
    if (!missing.empty()) what_.fetch(missing);
    std::vector<LayerPush::Job> jobs;
    for (const oci::Digest& layer : layers_) {
      if (blobs_.contains(layer)) continue;
      auto blob = store::find_layer_blob(lease_.store(), layer);
      if (blob && !store::find_blob(lease_.store(), blob->digest)) blob.reset();
      jobs.push_back({layer, std::move(blob), what_.compression});
    }
    const auto put = sink_.put_layers(jobs);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      oci::Descriptor blob = put[i];
      blob.annotations.clear();
      blob.media_type = oci_layer_type(blob.media_type);
      blobs_.emplace(jobs[i].diff_id, std::move(blob));
    }
  }

  ImageSink& sink_;
  const store::Lease& lease_;
  const CacheExport& what_;
  const std::vector<oci::Digest> layers_;
  std::map<oci::Digest, oci::Descriptor> blobs_;
};

}  // namespace

oci::Descriptor push_cache(const store::Lease& lease, const CachePlace& place, const CacheExport& what) {
  const Progress silent;
  if (!place.reference) {
    LayoutSink sink(place.layout, lease, silent);
    return CachePush(sink, lease, what).run();
  }
  const auto places = registry::pull_sources(registry::read_registries_conf(), *place.reference);
  const IgnorePipeSignal ignore;
  registry::Http http;
  RegistrySink sink(http, places.back(), {.access = registry::Access::push, .security = place.security()},
                    lease, silent);
  return CachePush(sink, lease, what).run();
}

}  // namespace husk::transfer
