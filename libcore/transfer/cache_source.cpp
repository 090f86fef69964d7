#include "libcore/transfer/cache_source.hpp"

#include "libcore/base/error.hpp"
#include "libcore/oci/image_config.hpp"
#include "libcore/transfer/layer_pulls.hpp"
#include "libcore/transfer/read_image.hpp"
#include "libcore/transfer/signal.hpp"

#include <set>

namespace husk::transfer {
namespace {

registry::ClientOptions pull_options(const CachePlace& place) {
  return {.access = registry::Access::pull, .security = place.security()};
}

/// What the documents of an artifact, or of an image with the annotation, say.
oci::BuildCache read_cache(const ImageDocuments& documents, const oci::Manifest& manifest) {
  if (manifest.config.media_type == oci::media_type::build_cache)
    return oci::parse_build_cache(documents.config.bytes());
  const auto inlined = manifest.annotations.find(oci::build_cache_annotation);
  if (inlined == manifest.annotations.end()) throw Error("it has no build cache in it");
  oci::BuildCache cache = oci::parse_build_cache(inlined->second);
  if (cache.diff_ids != oci::parse_image_config(documents.config).diff_ids)
    throw Error("its build cache is that of another image");
  return cache;
}

}  // namespace

CacheSource::CacheSource(CachePlace place, const oci::Platform& platform) : place_(std::move(place)) {
  const auto read_it = [&] {
    with_source([&](registry::Http&, ImageSource& source) { read(source, platform); });
  };
  if (!place_.reference) {
    read_it();
    return;
  }
  const auto places = registry::pull_sources(registry::read_registries_conf(), *place_.reference);
  for (std::size_t i = 0; i < places.size(); ++i) {
    found_ = places[i];
    try {
      read_it();
      return;
    } catch (const Error&) {
      if (i + 1 == places.size()) throw;  // a mirror need not have it
    }
  }
}

void CacheSource::with_source(const std::function<void(registry::Http&, ImageSource&)>& body) const {
  registry::Http http;
  if (found_) {
    RegistrySource source(http, *found_, pull_options(place_));
    body(http, source);
  } else {
    LayoutSource source(http, place_.layout);
    body(http, source);
  }
}

void CacheSource::read(ImageSource& source, const oci::Platform& platform) {
  const ImageDocuments documents = read_image(source, platform);
  const oci::Manifest manifest = oci::parse_manifest(documents.manifest);
  const oci::BuildCache cache = read_cache(documents, manifest);
  if (cache.diff_ids.size() != manifest.layers.size())
    throw Error("its manifest and its configuration have different numbers of layers");
  has_platforms_ = documents.index.has_value();
  steps_ = cache.steps;
  for (std::size_t i = 0; i < cache.diff_ids.size(); ++i) {
    layers_.insert_or_assign(cache.diff_ids[i], manifest.layers[i]);
  }
}

std::optional<oci::Descriptor> CacheSource::find_layer(const oci::Digest& diff_id) const {
  const auto found = layers_.find(diff_id);
  return found == layers_.end() ? std::nullopt : std::optional(found->second);
}

void CacheSource::fetch(const store::Lease& lease, const userns::IdMap& map,
                        const std::vector<oci::Digest>& diff_ids, const Progress& progress) const {
  std::deque<LayerPull::Job> jobs;
  std::set<oci::Digest> planned;
  for (const oci::Digest& diff_id : diff_ids) {
    if (planned.insert(diff_id).second) jobs.push_back({.blob = layers_.at(diff_id), .diff_id = diff_id});
  }
  const IgnorePipeSignal ignore;
  with_source([&](registry::Http& http, ImageSource& source) {
    pull_layers(http, source, lease, map, jobs, jobs.size(), progress);
  });
}

}  // namespace husk::transfer
