#pragma once

#include "libcore/build/source_tree.hpp"

#include <string>
#include <vector>

namespace husk::build {

/// What one source of COPY, or one match of its wildcards, names: a directory's content, or something else
/// itself.
struct Selection {
  std::string name;                  // the last component as it was written
  std::vector<SourceEntry> entries;  // the first is the thing itself; a directory stands before what is in it
  std::size_t source = 0;            // which of a step's sources that is

  bool is_directory() const { return entries.front().is_directory(); }
};

struct SelectOptions {
  const dockerfile::IgnoreMatcher* exclude = nullptr;  // COPY --exclude: relative to what is copied
  enum class Parents : std::uint8_t { drop, keep } parents = Parents::drop;
};

/// Finds what PATTERN (with the wildcards of Go's filepath.Match) means. It can't leave the tree: "..", a
/// leading "/" and links are taken as if the tree were the whole file system; a link that PATTERN itself
/// names is followed, one in a directory is not. Nothing found is an empty list.
///
/// With Parents::keep, as for COPY --parents, what is found stands below the directories that PATTERN names
/// from the root, or from a "/./" in it, on; "**" means any number of directories, and no link is followed
/// behind the "/./".
std::vector<Selection> select(SourceTree& tree, const std::string& pattern,
                              const SelectOptions& options = {});

bool has_wildcard(std::string_view pattern);

}  // namespace husk::build
