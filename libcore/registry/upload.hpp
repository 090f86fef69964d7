#pragma once

#include "libcore/registry/client.hpp"

#include <utility>

namespace husk::registry {

/// A blob on its way to the registry.
class Client::Upload {
 public:
  std::optional<oci::Descriptor> blob;  // nothing: a stream
  Body body;
  std::function<oci::Digest()> digest;
  Finished finished;
  Session::Handle handle = {};
  std::size_t mounts_tried = 0;
  bool mounted = false;

  void end(std::exception_ptr error) {
    if (finished) std::exchange(finished, {})(error);
  }
};

}  // namespace husk::registry
