#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/store/containers.hpp"

#include <optional>
#include <string>

namespace husk::store {

/// The end of a container, for who waits for something else first: has its lock open, so that it can be asked for
/// the exit code also when the container is gone, as it is with --rm.
class Ending {
 public:
  explicit Ending(const Container& container);

  /// As wait_for_end().
  [[nodiscard]] std::optional<int> wait() const;

 private:
  Fd lock_;
  std::string name_;
};

}  // namespace husk::store
