#pragma once

#include "libcore/base/fd.hpp"

#include <dirent.h>
#include <memory>
#include <string>

namespace husk {

/// Reads the entries of a directory, without "." and "..", in the file system's order (readdir(3)).
class DirectoryStream {
 public:
  /// Reads DIRECTORY, open for reading, from where its position is; errors call it NAME. Throws SysError.
  DirectoryStream(Fd directory, std::string name);

  /// The next entry, valid until the next call; null after the last one. Throws SysError.
  const dirent* next();

  int fd() const { return ::dirfd(stream_.get()); }

 private:
  struct Close {
    void operator()(DIR* stream) const noexcept { (void)::closedir(stream); }
  };

  std::string name_;
  std::unique_ptr<DIR, Close> stream_;
};

}  // namespace husk
