#pragma once

#include "libcore/base/fd.hpp"

#include <string>

namespace husk::container {

/// The file of --cidfile: made before the container is, so that two that are told the same one can't both
/// begin. Gone again with this object if nothing was written.
class IdFile {
 public:
  /// Throws Error if it is there.
  explicit IdFile(std::string path);
  IdFile(const IdFile&) = delete;
  ~IdFile();

  void write(const std::string& id);

 private:
  std::string path_;
  Fd file_;
};

}  // namespace husk::container
