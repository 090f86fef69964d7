#include "libcore/transfer/pull.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/transfer/layer_pull.hpp"
#include "libcore/transfer/signal.hpp"

#include <deque>
#include <list>
#include <set>
#include <utility>

namespace husk::transfer {
namespace {

constexpr int max_index_depth = 4;
constexpr std::size_t parallel_layers = 4;

struct Image {
  std::optional<oci::Verified> index;  // what the name means, where that is an index
  oci::Verified manifest;
  oci::Verified config;
};

Image read_image(ImageSource& source, const oci::Platform& platform) {
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

/// Runs the jobs, a few at a time, the first error ends all.
class LayerPulls {
 public:
  LayerPulls(registry::Http& http, ImageSource& source, const store::Lease& lease, const PullOptions& options,
             std::deque<LayerPull::Job> jobs, std::size_t layers)
      : http_(http), source_(source), lease_(lease), options_(options), jobs_(std::move(jobs)) {
    state_.layers = layers;
    state_.to_move = jobs_.size();
    for (const auto& job : jobs_) state_.total += job.blob.size;
  }

  void run() {
    tell();
    start_some();
    http_.run_until([this] { return error_ != nullptr || (running_ == 0 && !planned_); });
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void start_some() {
    while (running_ < parallel_layers && !jobs_.empty()) {
      const LayerPull::Job job = jobs_.front();
      jobs_.pop_front();
      ++running_;
      pulls_.emplace_back(http_, source_, lease_, options_.map, job);
      pulls_.back().start(
          [this](std::uint64_t count) {
            state_.bytes += count;
            tell();
          },
          [this](std::exception_ptr error) { ended(error); });
    }
  }

  void ended(std::exception_ptr error) {
    --running_;
    if (error) {
      if (!error_) error_ = error;
      return;
    }
    ++state_.moved;
    tell();
    if (jobs_.empty() || std::exchange(planned_, true)) return;
    // Not from here: this is called by a pull, and one that is new may have to fork.
    http_.after(std::chrono::milliseconds(0), [this] {
      planned_ = false;
      start_some();
    });
  }

  void tell() const {
    if (options_.progress.changed) options_.progress.changed(state_);
  }

  registry::Http& http_;
  ImageSource& source_;
  const store::Lease& lease_;
  const PullOptions& options_;
  std::deque<LayerPull::Job> jobs_;
  std::list<LayerPull> pulls_;
  std::size_t running_ = 0;
  bool planned_ = false;  // start_some() is going to be called
  State state_;
  std::exception_ptr error_;
};

store::Tag pull_image(registry::Http& http, ImageSource& source, const Image& image,
                      const store::Lease& lease, const std::optional<oci::Reference>& name,
                      const PullOptions& options) {
  const oci::Manifest manifest = oci::parse_manifest(image.manifest);
  const oci::ImageConfig config = oci::parse_image_config(image.config);
  const IgnorePipeSignal ignore;
  LayerPulls(http, source, lease, options, plan_layers(lease.store(), options.map.kind, manifest, config),
             manifest.layers.size())
      .run();
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
    std::optional<Image> image;
    try {
      image = read_image(source, options.platform);
    } catch (const Error& error) {
      // A mirror that does not have it, or does not answer.
      if (i + 1 == places.size()) throw;
      lease.store().warn(error.what());
      continue;
    }
    return pull_image(http, source, *image, lease, reference, options);
  }
}

store::Tag pull_layout(const store::Lease& lease, const LayoutName& layout,
                       const std::optional<oci::Reference>& name, const PullOptions& options) {
  registry::Http http;
  LayoutSource source(http, layout);
  const Image image = read_image(source, options.platform);
  return pull_image(http, source, image, lease, name, options);
}

}  // namespace husk::transfer
