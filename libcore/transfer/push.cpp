#include "libcore/transfer/push.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/transfer/push_plan.hpp"
#include "libcore/transfer/pushed.hpp"
#include "libcore/transfer/signal.hpp"

#include <list>
#include <map>
#include <utility>

namespace husk::transfer {
namespace {

constexpr std::size_t parallel_layers = 4;

/// Pushes the layers, a few at a time; the first error ends all.
class LayerPushes {
 public:
  LayerPushes(registry::Http& http, registry::Client& client, const store::Lease& lease,
              const Progress& progress, std::vector<LayerPush::Job> jobs)
      : http_(http), client_(client), lease_(lease), progress_(progress), jobs_(std::move(jobs)) {
    state_.layers = jobs_.size();
    for (const auto& job : jobs_) state_.total += job.blob ? job.blob->size : 0;
  }

  /// The blobs, lowest layer first.
  std::vector<oci::Descriptor> run() {
    tell();
    start_some();
    http_.run_until([this] { return error_ != nullptr || (running_ == 0 && !planned_); });
    if (error_) std::rethrow_exception(error_);
    std::vector<oci::Descriptor> blobs;
    for (const auto& job : jobs_) blobs.push_back(results_.at(job.diff_id));
    return blobs;
  }

 private:
  void start_some() {
    while (running_ < parallel_layers && next_ < jobs_.size()) {
      const LayerPush::Job job = jobs_[next_++];
      if (!started_.insert(job.diff_id).second) continue;  // the same layer twice
      ++running_;
      pushes_.emplace_back(http_, client_, lease_, job);
      pushes_.back().start(
          [this](std::uint64_t count) {
            state_.bytes += count;
            tell();
          },
          [this, job](const std::optional<LayerPush::Result>& result, std::exception_ptr error) {
            ended(job, result, error);
          });
    }
  }

  void ended(const LayerPush::Job& job, const std::optional<LayerPush::Result>& result,
             std::exception_ptr error) {
    --running_;
    if (error) {
      if (!error_) error_ = error;
      return;
    }
    results_.emplace(job.diff_id, result->blob);
    if (result->way == LayerPush::Way::sent) ++state_.moved;
    tell();
    if (next_ == jobs_.size() || std::exchange(planned_, true)) return;
    http_.after(std::chrono::milliseconds(0), [this] {
      planned_ = false;
      start_some();
    });
  }

  void tell() const {
    if (progress_.changed) progress_.changed(state_);
  }

  registry::Http& http_;
  registry::Client& client_;
  const store::Lease& lease_;
  const Progress& progress_;
  std::vector<LayerPush::Job> jobs_;
  std::list<LayerPush> pushes_;
  std::set<oci::Digest> started_;
  std::map<oci::Digest, oci::Descriptor> results_;
  std::size_t next_ = 0;
  std::size_t running_ = 0;
  bool planned_ = false;  // start_some() is going to be called
  State state_;
  std::exception_ptr error_;
};

void push_config(registry::Http& http, registry::Client& client, const store::Lease& lease,
                 const oci::Descriptor& config) {
  LayerPush push(http, client, lease, {config.digest, config, archive::Compression::none});
  std::exception_ptr error;
  bool done = false;
  push.start([](std::uint64_t) {},
             [&](const std::optional<LayerPush::Result>&, std::exception_ptr failed) {
               error = failed;
               done = true;
             });
  http.run_until([&] { return done; });
  if (error) std::rethrow_exception(error);
  sys::reached("push.config_sent");
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
  registry::Client client(http, places.back(), how);
  return in_context([&] { return cat("push ", destination.familiar()); },
                    [&] {
                      const auto there = client.find_manifest();
                      sys::reached("push.manifest_asked");
                      if (there == image.manifest.digest) {
                        if (options.progress.changed) options.progress.changed({.layers = jobs.size()});
                        return image.manifest;
                      }
                      const auto blobs = LayerPushes(http, client, lease, options.progress, jobs).run();
                      sys::reached("push.layers_sent");
                      push_config(http, client, lease, manifest.config);
                      const oci::Verified document = pushed_document(lease, image, manifest, blobs);
                      sys::reached("push.manifest_written");
                      client.put_manifest(document);
                      sys::reached("push.manifest_sent");
                      keep_pushed(lease, image, document.descriptor());
                      return document.descriptor();
                    });
}

}  // namespace husk::transfer
