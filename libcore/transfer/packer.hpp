#pragma once

#include "libcore/archive/stream.hpp"
#include "libcore/base/child.hpp"
#include "libcore/base/fd.hpp"
#include "libcore/oci/digest.hpp"
#include "libcore/store/store.hpp"

#include <optional>
#include <string>

namespace husk::transfer {

/// A child process that writes the compressed tar of a layer to a pipe. Let go of, it is killed. The caller
/// has one thread.
class Packer {
 public:
  Packer(const store::Store& store, const oci::Digest& diff_id, archive::Compression compression);

  /// The read end: does not block.
  int output() const noexcept { return output_.get(); }
  /// To be called at the end of file; throws what went wrong in the child, each time.
  void wait();

 private:
  Fd output_;
  Fd errors_;
  std::optional<Child> child_;
  std::optional<std::string> failure_;
};

}  // namespace husk::transfer
