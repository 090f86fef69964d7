#pragma once

#include "libcore/base/fd.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace husk::store {

/// Gets what somebody should know but what is no failure: that a lock is waited for, that a file was repaired.
using Warn = std::function<void(const std::string&)>;

/// The directory on disk that holds images, layers and containers; libcore/README.md, Store. Any number of processes
/// work on one at the same time without a server.
class Store {
 public:
  /// $HUSK_ROOT, else $XDG_DATA_HOME/husk; made (0700) if it is not there. Throws if it belongs to somebody else, if
  /// others can write to it, or if its format is one that we don't know.
  static Store open(Warn warn);
  static Store open(const std::filesystem::path& path, Warn warn);

  const std::filesystem::path& path() const noexcept { return path_; }
  /// O_PATH descriptor of the store; of a directory in it: "blobs/sha256", "refs", "layers/m", "tmp" … (made if need be).
  int directory() const noexcept { return directory_.get(); }
  Fd open_directory(const std::string& name) const;
  void warn(const std::string& text) const { warn_(text); }

 private:
  Store(std::filesystem::path path, Fd directory, Warn warn);
  std::filesystem::path path_;
  Fd directory_;
  Warn warn_;
};

}  // namespace husk::store
