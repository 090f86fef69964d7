#pragma once

#include "libcore/store/lease.hpp"

#include <sys/stat.h>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace husk::build {

/// Remembers the hash of each file of a build context beside what stat(2) said of it, as git's index does, so
/// that a file that did not change is never read again. A file in the store's cache/ for each context
/// directory.
///
/// A file that was written at the very time when it was read can change once more without a trace in its time
/// stamps
/// ("racy git"); such a file is hashed again the next time.
class StatCache {
 public:
  /// The cache of the context that ROOT is open on.
  StatCache(const store::Lease& lease, int root);

  std::optional<std::string> find(std::string_view path, const struct stat& status) const;
  void put(const std::string& path, const struct stat& status, const std::string& sha256_hex);
  /// Writes what was found and put, if anything is new. What was not asked for is forgotten only when it is
  /// most of it.
  void save();

 private:
  struct Entry {
    std::int64_t mtime = 0, ctime = 0;  // nanoseconds
    std::uint64_t size = 0, inode = 0;
    std::string sha256;
    mutable bool used = false;
  };
  void load(std::string_view text);
  const store::Lease* lease_;
  std::string name_;
  std::int64_t began_;
  bool changed_ = false;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace husk::build
