#include "libcore/transfer/layer_push.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/transfer/layer_blob.hpp"
#include "libcore/transfer/packer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <cerrno>
#include <utility>

namespace husk::transfer {
namespace {

}  // namespace

/// A layer that is being compressed: what the child gives goes into the blob and to the registry.
struct LayerPush::Packing {
  Packer packer;
  store::BlobWriter blob;
  bool ended = false;
  std::exception_ptr failure = {};  // of ours, not of the registry
  std::optional<oci::Descriptor> result = {};
};

LayerPush::LayerPush(registry::Http& http, registry::Client& client, const store::Lease& lease, Job job)
    : http_(http), client_(client), lease_(lease), job_(std::move(job)) {}

LayerPush::~LayerPush() {
  if (packing_) http_.unwatch(packing_->packer.output());
}

void LayerPush::start(std::function<void(std::uint64_t)> sent,
                      std::function<void(std::optional<Result>, std::exception_ptr)> done) {
  sent_ = std::move(sent);
  done_ = std::move(done);
  if (job_.blob) {
    ask();
  } else {
    send_stream();
  }
}

void LayerPush::ask() {
  client_.start_find_blob(job_.blob->digest, [this](bool there, std::exception_ptr error) {
    if (error) return fail(error);
    sys::reached("push.blob_asked");
    if (there) return finish(Way::there);
    try {
      send_blob();
    } catch (const Error&) {
      fail(std::current_exception());
    }
  });
}

void LayerPush::send_blob() {
  auto file = store::find_blob(lease_.store(), job_.blob->digest);
  if (!file) throw Error(cat("blob ", job_.blob->digest.str(), " is missing"));
  file_ = std::move(*file);
  registry::Client::Body body;
  body.read = [this](std::span<std::byte> buffer) {
    const std::size_t count = read_some(file_.get(), buffer);
    sent_(count);
    sys::reached("push.blob_growing");
    return std::optional(count);
  };
  body.rewind = [this] {
    if (::lseek(file_.get(), 0, SEEK_SET) != 0) throw_errno("rewind a blob");
  };
  sys::reached("push.blob_started");
  upload_ = client_.start_upload(*job_.blob, std::move(body), [this](std::exception_ptr error) {
    if (error) return fail(error);
    finish(registry::was_mounted(*upload_) ? Way::mounted : Way::sent);
  });
}

void LayerPush::send_stream() {
  packing_ = std::make_unique<Packing>(Packing{Packer(lease_.store(), job_.diff_id, job_.compression),
                                               store::BlobWriter(lease_, std::nullopt)});
  registry::Client::Body body;
  // What fails here is not the registry's fault, and sending the layer in another way would not help.
  const auto own = [this](const auto& step) {
    try {
      return step();
    } catch (const Error&) {
      packing_->failure = std::current_exception();
      throw;
    }
  };
  body.read = [this, own](std::span<std::byte> buffer) { return own([&] { return read_packed(buffer); }); };
  sys::reached("push.stream_started");
  upload_ = client_.start_stream(
      std::move(body), [this, own] { return own([this] { return finish_packing().digest; }); },
      [this](std::exception_ptr error) { stream_ended(error); });
}

std::optional<std::size_t> LayerPush::read_packed(std::span<std::byte> buffer) {
  const int pipe = packing_->packer.output();
  for (;;) {
    const ssize_t count = ::read(pipe, buffer.data(), buffer.size());
    if (count > 0) {
      const auto bytes = static_cast<std::size_t>(count);
      packing_->blob.write(buffer.first(bytes));
      sent_(bytes);
      sys::reached("push.stream_growing");
      return bytes;
    }
    if (count == 0) {
      // Before the registry is told that this was all.
      packing_->packer.wait();
      packing_->ended = true;
      return 0;
    }
    if (errno == EAGAIN) {
      http_.watch(pipe, POLLIN, [this, pipe] {
        http_.unwatch(pipe);
        client_.resume(upload_);
      });
      return std::nullopt;
    }
    if (errno != EINTR) throw_errno("read from the process that packs a layer");
  }
}

/// Reads what is left, if the registry did not want all of it, and makes it a blob of the store.
oci::Descriptor LayerPush::finish_packing() {
  Packing& packing = *packing_;
  if (packing.result) return *packing.result;
  const int pipe = packing.packer.output();
  http_.unwatch(pipe);
  if (!packing.ended) {
    if (::fcntl(pipe, F_SETFL, 0) != 0) throw_errno("set up a pipe");
    read_pieces(pipe, [&](std::span<const std::byte> piece) { packing.blob.write(piece); });
    packing.packer.wait();
    packing.ended = true;
  }
  const std::uint64_t size = packing.blob.size();
  packing.result = oci::Descriptor{
      .media_type = layer_media_type(job_.compression), .digest = packing.blob.commit(), .size = size};
  store::remember_layer_blob(lease_, job_.diff_id, *packing.result);
  sys::reached("push.blob_remembered");
  return *packing.result;
}

void LayerPush::stream_ended(std::exception_ptr error) try {
  if (packing_->failure) std::rethrow_exception(packing_->failure);
  if (error && packing_->result) std::rethrow_exception(error);
  job_.blob = finish_packing();
  if (!error) return finish(Way::sent);
  // The connection broke, or the registry does not take streams: the blob is there, and can be sent again and
  // again.
  ask();
} catch (const Error&) {
  fail(std::current_exception());
}

void LayerPush::finish(Way way) {
  sys::reached("push.layer_done");
  if (done_) std::exchange(done_, {})(Result{*job_.blob, way}, {});
}

void LayerPush::fail(std::exception_ptr error) {
  if (done_) std::exchange(done_, {})(std::nullopt, error);
}

}  // namespace husk::transfer
