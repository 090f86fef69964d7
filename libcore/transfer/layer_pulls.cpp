#include "libcore/transfer/layer_pulls.hpp"

#include <list>
#include <utility>

namespace husk::transfer {
namespace {

constexpr std::size_t max_pulls = 4;  // at once

/// Runs the jobs, a few at a time, the first error ends all.
class LayerPulls {
 public:
  LayerPulls(registry::Http& http, ImageSource& source, const store::Lease& lease, const userns::IdMap& map,
             const Progress& progress, std::deque<LayerPull::Job> jobs, std::size_t layers)
      : http_(http), source_(source), lease_(lease), map_(map), progress_(progress), jobs_(std::move(jobs)) {
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
    while (running_ < max_pulls && !jobs_.empty()) {
      const LayerPull::Job job = jobs_.front();
      jobs_.pop_front();
      ++running_;
      pulls_.emplace_back(http_, source_, lease_, map_, job);
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
    if (progress_.changed) progress_.changed(state_);
  }

  registry::Http& http_;
  ImageSource& source_;
  const store::Lease& lease_;
  const userns::IdMap& map_;
  const Progress& progress_;
  std::deque<LayerPull::Job> jobs_;
  std::list<LayerPull> pulls_;
  std::size_t running_ = 0;
  bool planned_ = false;  // start_some() is going to be called
  State state_;
  std::exception_ptr error_;
};

}  // namespace

void pull_layers(registry::Http& http, ImageSource& source, const store::Lease& lease,
                 const userns::IdMap& map, std::deque<LayerPull::Job> jobs, std::size_t of,
                 const Progress& progress) {
  LayerPulls(http, source, lease, map, progress, std::move(jobs), of).run();
}

}  // namespace husk::transfer
