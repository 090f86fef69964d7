#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/transfer/image_sink.hpp"

#include <list>
#include <map>
#include <set>
#include <utility>

namespace husk::transfer {
namespace {

constexpr std::size_t max_pushes = 4;  // at once

/// Pushes the layers, a few at a time; the first error ends all.
class LayerPushes {
 public:
  LayerPushes(registry::Http& http, registry::Client& client, const store::Lease& lease,
              const Progress& progress, const std::vector<LayerPush::Job>& jobs)
      : http_(http), client_(client), lease_(lease), progress_(progress), jobs_(jobs) {
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
    while (running_ < max_pushes && next_ < jobs_.size()) {
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
  const std::vector<LayerPush::Job>& jobs_;
  std::list<LayerPush> pushes_;
  std::set<oci::Digest> started_;
  std::map<oci::Digest, oci::Descriptor> results_;
  std::size_t next_ = 0;
  std::size_t running_ = 0;
  bool planned_ = false;  // start_some() is going to be called
  State state_;
  std::exception_ptr error_;
};

}  // namespace

RegistrySink::RegistrySink(registry::Http& http, registry::PullSource place,
                           const registry::ClientOptions& options, const store::Lease& lease,
                           const Progress& progress)
    : http_(http), client_(http, std::move(place), options), lease_(lease), progress_(progress) {}

bool RegistrySink::has_blob(const oci::Digest& digest) {
  std::optional<bool> there;
  std::exception_ptr error;
  client_.start_find_blob(digest, [&](bool found, std::exception_ptr failed) {
    there = found;
    error = failed;
  });
  http_.run_until([&] { return there.has_value(); });
  if (error) std::rethrow_exception(error);
  return *there;
}

std::vector<oci::Descriptor> RegistrySink::put_layers(const std::vector<LayerPush::Job>& jobs) {
  return LayerPushes(http_, client_, lease_, progress_, jobs).run();
}

void RegistrySink::put_blob(const oci::Descriptor& blob) {
  LayerPush push(http_, client_, lease_, {blob.digest, blob, archive::Compression::none});
  std::exception_ptr error;
  bool done = false;
  push.start([](std::uint64_t) {},
             [&](const std::optional<LayerPush::Result>&, std::exception_ptr failed) {
               error = failed;
               done = true;
             });
  http_.run_until([&] { return done; });
  if (error) std::rethrow_exception(error);
  sys::reached("push.config_sent");
}

void RegistrySink::put_document(const oci::Verified& document) { client_.put_document(document); }

void RegistrySink::put_named(const oci::Verified& document) { client_.put_manifest(document); }

}  // namespace husk::transfer
