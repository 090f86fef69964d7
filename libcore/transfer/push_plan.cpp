#include "libcore/transfer/push_plan.hpp"

#include "libcore/base/error.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/layers.hpp"

#include <algorithm>
#include <set>

namespace husk::transfer {
namespace {

constexpr std::size_t max_mount_sources = 3;
constexpr std::size_t max_tags_read = 50;

std::optional<oci::Descriptor> find_compressed(const store::Store& store, const oci::Descriptor& named,
                                               const oci::Digest& diff_id) {
  if (store::find_blob(store, named.digest)) return named;
  auto other = store::find_layer_blob(store, diff_id);
  if (other && store::find_blob(store, other->digest)) return other;
  return std::nullopt;
}

}  // namespace

std::vector<LayerPush::Job> plan_push(const store::Store& store, const oci::Manifest& manifest,
                                      const oci::ImageConfig& config, archive::Compression compression) {
  if (manifest.layers.size() != config.diff_ids.size()) {
    throw Error("the image's manifest and its configuration have different numbers of layers");
  }
  std::vector<LayerPush::Job> jobs;
  for (std::size_t i = 0; i < config.diff_ids.size(); ++i) {
    jobs.push_back(
        {config.diff_ids[i], find_compressed(store, manifest.layers[i], config.diff_ids[i]), compression});
  }
  return jobs;
}

std::vector<std::string> find_mount_sources(const store::Store& store, const oci::Reference& destination,
                                            const std::vector<LayerPush::Job>& jobs) {
  std::set<oci::Digest> wanted;
  for (const auto& job : jobs) {
    if (job.blob) wanted.insert(job.blob->digest);
  }
  std::vector<std::string> sources;
  std::size_t read = 0;
  for (const store::Tag& tag : store::list_tags(store)) {
    if (!tag.reference || tag.reference->registry != destination.registry) continue;
    const std::string& repository = tag.reference->repository;
    if (repository == destination.repository || std::ranges::find(sources, repository) != sources.end())
      continue;
    if (++read > max_tags_read || sources.size() == max_mount_sources) break;
    const oci::Manifest manifest = store::read_manifest(store, tag);
    const bool shares = std::ranges::any_of(
        manifest.layers, [&](const oci::Descriptor& each) { return wanted.contains(each.digest); });
    if (shares) sources.push_back(repository);
  }
  return sources;
}

std::string oci_layer_type(const std::string& media_type) {
  return media_type == oci::media_type::docker_layer_gzip ? oci::media_type::layer_gzip : media_type;
}

oci::Manifest pushed_manifest(const oci::Manifest& old, const std::vector<oci::Descriptor>& blobs) {
  const bool same =
      std::ranges::equal(old.layers, blobs, {}, &oci::Descriptor::digest, &oci::Descriptor::digest);
  if (same) return old;
  oci::Manifest manifest{.media_type = oci::media_type::manifest,
                         .config = old.config,
                         .layers = blobs,
                         .annotations = old.annotations};
  manifest.config.media_type = oci::media_type::config;
  for (oci::Descriptor& layer : manifest.layers) layer.media_type = oci_layer_type(layer.media_type);
  return manifest;
}

}  // namespace husk::transfer
