#pragma once

#include "libcore/archive/extract.hpp"
#include "libcore/base/fd.hpp"
#include "libcore/build/destination.hpp"

#include <vector>

namespace husk::build {

/// Brings the owners that could not be set from the process that copied to its parent: there may be one for
/// each file. A file in memory; made before the process is started.
class UnsetOwnersFile {
 public:
  UnsetOwnersFile();

  void write(const std::vector<UnsetOwner>& owners) const;

  /// What was written, sorted by path; of a path that was written twice, the last.
  std::vector<archive::RecordedOwner> read() const;

 private:
  Fd file_;
};

}  // namespace husk::build
