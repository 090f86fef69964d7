#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/dockerfile/ignore_file.hpp"

#include <sys/stat.h>
#include <functional>
#include <string>
#include <vector>

namespace husk::build {

/// One file, directory, link or special file that COPY takes.
struct SourceEntry {
  std::string path;      // below the root of the source, without links in it; "" is the root itself
  std::string relative;  // below what COPY named; "" is that itself
  struct stat status = {};
  std::string link_target = {};  // of a symbolic link

  bool is_directory() const { return S_ISDIR(status.st_mode); }
  bool is_file() const { return S_ISREG(status.st_mode); }
};

/// What one source of COPY, or one match of its wildcards, names: a directory's content, or something else
/// itself.
struct Selection {
  std::string name;                  // the last component as it was written
  std::vector<SourceEntry> entries;  // sorted; the first is the thing itself

  bool is_directory() const { return entries.front().is_directory(); }
};

/// A tree to copy from: the build context, or the root file system of an image.
struct SourceTree {
  int root = -1;                                       // a descriptor of its top directory
  const dockerfile::IgnoreMatcher* ignore = nullptr;   // what is as if it were not there
  const dockerfile::IgnoreMatcher* exclude = nullptr;  // COPY --exclude: relative to what is copied
};

/// Finds what PATTERN (with the wildcards of Go's filepath.Match) means. It can't leave the tree: "..", a
/// leading "/" and links are taken as if the tree were the whole file system; a link that PATTERN itself
/// names is followed, one in a directory is not. Nothing found is an empty list.
std::vector<Selection> select(const SourceTree& tree, const std::string& pattern);

/// What decides whether a copy has to be made again.
struct DigestOptions {
  bool with_owners = false;  // files of an image have owners, those of a context none that count
  bool with_modes = true;    // not if --chmod gives all of them another one
};

/// The digest of names, types, modes, links and content of everything selected; never of times. HASH_OF gives
/// the sha256 of a regular file.
std::string digest_of(const std::vector<Selection>& selections, const DigestOptions& options,
                      const std::function<std::string(const SourceEntry&)>& hash_of);

/// Opens an entry that is a regular file. Throws if it is something else by now.
Fd open_entry(int root, const SourceEntry& entry);

/// The sha256 of its content.
std::string hash_file(int root, const SourceEntry& entry);

}  // namespace husk::build
