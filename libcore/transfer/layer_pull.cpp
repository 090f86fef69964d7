#include "libcore/transfer/layer_pull.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sys.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

namespace husk::transfer {

LayerPull::LayerPull(registry::Http& http, ImageSource& source, const store::Lease& lease,
                     const userns::IdMap& map, Job job)
    : http_(http), source_(source), lease_(lease), job_(std::move(job)) {
  blob_.emplace(lease, job_.blob);
  if (job_.unpack == Unpack::no) return;
  Pipe pipe = make_pipe();
  widen_pipe(pipe.write_end.get());
  unpacker_.emplace(lease, map, pipe.read_end.get(), job_.diff_id);
  if (!unpacker_->wants_input()) return;
  if (::fcntl(pipe.write_end.get(), F_SETFL, O_NONBLOCK) != 0) throw_errno("set up a pipe");
  pipe_ = std::move(pipe.write_end);
}

LayerPull::~LayerPull() {
  if (pipe_) http_.unwatch(pipe_.get());
}

void LayerPull::start(std::function<void(std::uint64_t)> received, registry::Finished done) {
  received_ = std::move(received);
  done_ = std::move(done);
  sys::reached("pull.blob_started");
  source_.start_blob(
      job_.blob, [this](std::span<const std::byte> bytes) { return take(bytes); },
      [this](std::exception_ptr error) {
        if (error) return finish(error);
        all_received_ = true;
        if (waiting_.empty()) received_all();
      });
}

registry::Flow LayerPull::take(std::span<const std::byte> bytes) {
  if (!waiting_.empty()) return registry::Flow::wait;
  blob_->write(bytes);
  if (pipe_) {
    const std::size_t count = feed(bytes);
    if (count < bytes.size()) {
      waiting_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(count), bytes.end());
      http_.watch(pipe_.get(), POLLOUT, [this] { flush(); });
    }
  }
  received_(bytes.size());
  sys::reached("pull.blob_growing");
  return registry::Flow::taken;
}

/// What the pipe takes at once. A child that went away is asked for its reason.
std::size_t LayerPull::feed(std::span<const std::byte> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::write(pipe_.get(), bytes.data() + done, bytes.size() - done);
    if (count >= 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      break;
    } else if (errno == EPIPE) {
      (void)unpacker_->wait();
      // It has seen the end of the layer, though there is more: the blob's hash decides whether that is
      // right.
      http_.unwatch(pipe_.get());
      pipe_.reset();
      return bytes.size();
    } else if (errno != EINTR) {
      throw_errno("write to the process that unpacks a layer");
    }
  }
  return done;
}

void LayerPull::flush() try {
  sent_ += feed(std::span<const std::byte>(waiting_).subspan(sent_));
  if (sent_ < waiting_.size()) return;
  waiting_.clear();
  sent_ = 0;
  if (pipe_) http_.unwatch(pipe_.get());
  if (all_received_) return received_all();
  source_.resume(job_.blob.digest);
} catch (const Error&) {
  finish(std::current_exception());
}

void LayerPull::received_all() try {
  sys::reached("pull.blob_received");
  pipe_.reset();  // the child sees the end and works on while the blob gets to the disk
  (void)blob_->commit();
  sys::reached("pull.blob_committed");
  if (unpacker_) (void)unpacker_->wait();
  store::remember_layer_blob(lease_, job_.diff_id, job_.blob);
  sys::reached("pull.layer_committed");
  finish({});
} catch (const Error&) {
  finish(std::current_exception());
}

void LayerPull::finish(std::exception_ptr error) {
  if (pipe_) http_.unwatch(pipe_.get());
  if (done_) std::exchange(done_, {})(error);
}

}  // namespace husk::transfer
