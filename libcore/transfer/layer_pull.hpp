#pragma once

#include "libcore/registry/http.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/layer_unpacker.hpp"
#include "libcore/transfer/image_source.hpp"

#include <optional>
#include <vector>

namespace husk::transfer {

enum class Unpack : std::uint8_t { no, yes };

/// One layer on its way into the store: each byte that comes is hashed and written to the blob, and given to
/// a child process that inflates and unpacks it. Where the child is slower, the connection waits. Let go of,
/// nothing was done.
class LayerPull {
 public:
  struct Job {
    oci::Descriptor blob;
    oci::Digest diff_id;
    Unpack unpack = Unpack::yes;
  };
  LayerPull(registry::Http& http, ImageSource& source, const store::Lease& lease, const userns::IdMap& map,
            Job job);
  LayerPull(const LayerPull&) = delete;
  ~LayerPull();

  /// DONE is called from the event loop when blob and layer are in the store, or with the error.
  void start(std::function<void(std::uint64_t)> received, registry::Finished done);

 private:
  registry::Flow take(std::span<const std::byte> bytes);
  std::size_t feed(std::span<const std::byte> bytes);
  void flush();
  void received_all();
  void finish(std::exception_ptr error);

  registry::Http& http_;
  ImageSource& source_;
  const store::Lease& lease_;
  Job job_;
  std::optional<store::BlobWriter> blob_;
  std::optional<store::LayerUnpacker> unpacker_;
  Fd pipe_;                         // to the unpacking child
  std::vector<std::byte> waiting_;  // what the pipe did not take
  std::size_t sent_ = 0;            // of waiting_
  bool all_received_ = false;
  std::function<void(std::uint64_t)> received_;
  registry::Finished done_;
};

}  // namespace husk::transfer
