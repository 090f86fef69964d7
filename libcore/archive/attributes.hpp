#pragma once

#include "libcore/archive/notes.hpp"
#include "libcore/archive/tar_entry.hpp"

#include <sys/stat.h>
#include <optional>
#include <string>
#include <vector>

namespace husk::archive {

struct Owner {
  uid_t uid = 0;
  gid_t gid = 0;
  friend bool operator==(const Owner&, const Owner&) = default;
};

/// Ids of an archive: 0 to 4294967294. -1 would mean "unchanged" to chown(2), larger ones would be cut to
/// another id.
Owner checked_owner(std::int64_t uid, std::int64_t gid);

/// What an entry says about a file, checked.
struct Attributes {
  std::optional<Owner> owner;  // nothing: whose it is anyway
  mode_t mode = 0;
  Time mtime;
  std::vector<Xattr> xattrs;
};

/// Gives the open file what WANTED says; STATUS is what it has. What may not or can't be set is noted.
void apply(int fd, const struct stat& status, const Attributes& wanted, Notes& notes);

/// The same for something that can't be opened, a symbolic link or a fifo: owner, mode (not of links), time.
void apply_at(int dir, const std::string& name, const struct stat& status, const Attributes& wanted);

/// What a file capability is in an archive: without the user namespace that it is good for (version 2).
std::string portable_capability(std::string value);

}  // namespace husk::archive
