#pragma once

#include "libcore/store/layers.hpp"

#include <memory>

namespace husk::store {

/// unpack_layer() beside other work: a child process reads the tar stream (compressed or not), for example
/// from a pipe that a download fills. Let go of without wait(), the child is killed and nothing was done.
class LayerUnpacker {
 public:
  /// Starts it. The caller closes its own copy of TAR_FD, a read end, afterwards. The caller has one thread.
  LayerUnpacker(const Lease& lease, const userns::IdMap& map, int tar_fd, std::optional<oci::Digest> expected,
                std::optional<std::int64_t> newest = {});
  LayerUnpacker(LayerUnpacker&&) noexcept;
  ~LayerUnpacker();

  /// False if the EXPECTED layer is there for this map already: nobody reads from TAR_FD then.
  bool wants_input() const noexcept;

  /// Waits for the end of the stream, checks the diff id, commits the layer. Errors are named "layer
  /// sha256:…: …"; a stream that ended early is one of them.
  LayerInfo wait();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace husk::store
