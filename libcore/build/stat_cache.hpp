#pragma once

#include "libcore/base/sha256.hpp"
#include "libcore/store/lease.hpp"

#include <sys/stat.h>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace husk::build {

/// Remembers the hash of each file of a build context beside what stat(2) said of it, as git's index does, so
/// that a file that did not change is never read again. A file in the store's cache/ for each context
/// directory.
///
/// A file that was written at the very time when it was read can change once more without a trace in its time
/// stamps ("racy git"); such a file is hashed again by the next build.
class StatCache {
 public:
  /// The cache of the context that ROOT is open on.
  StatCache(const store::Lease& lease, int root);

  /// Null if it is not known, or the file was changed. Valid until the next put().
  const Sha256::Value* find(std::string_view path, const struct stat& status);
  void put(const std::string& path, const struct stat& status, const Sha256::Value& sha256);
  /// Writes what was found and put, if anything is new. What was not asked for is forgotten only when it is
  /// most of it.
  void save();

 private:
  struct Seen {
    std::int64_t mtime = 0, ctime = 0;  // nanoseconds
    std::uint64_t size = 0, inode = 0;
    friend bool operator==(const Seen&, const Seen&) = default;
  };
  // The file is a header, records that are sorted by path, and the paths. It is used as it lies there.
  struct Record {
    Seen seen;
    Sha256::Value sha256;
    std::uint32_t path = 0, length = 0;  // in paths_
  };
  static Seen seen_of(const struct stat& status);
  void load();
  std::string_view path_of(const Record& record) const;
  const Record* find_record(std::string_view path);

  const store::Lease* lease_;
  std::string name_;
  std::int64_t began_;
  std::string text_;
  std::vector<Record> records_;
  std::string_view paths_;  // in text_
  std::vector<bool> used_;
  std::size_t next_ = 0;  // where find_record() looks first: files are asked for in their order, mostly
  struct Fresh {
    Seen seen;
    Sha256::Value sha256;
    bool racy = false;
  };
  std::unordered_map<std::string, Fresh> fresh_;
  bool changed_ = false;
};

}  // namespace husk::build
