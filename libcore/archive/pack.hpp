#pragma once

#include "libcore/archive/extract.hpp"
#include "libcore/archive/stream.hpp"

#include <string>
#include <vector>

namespace husk::archive {

/// What is written about a tree.
struct PackOptions {
  /// overlay: devices 0:0 and opaque marks become ".wh." entries and overlayfs' own xattrs are left out.
  Whiteouts whiteouts = Whiteouts::overlay;
  /// Owners that the files can't show (see Owners::record), sorted by path.
  std::vector<RecordedOwner> owners = {};
  /// Every entry is owned by root, as when the files belong to the caller of a single-id map.
  bool root_owns_all = false;
  /// The path of the top entry in the archive, "" for its children only with "./" left out ("etc/passwd").
  std::string prefix = {};
  /// Another tree follows in the same archive.
  bool goes_on = false;
};

/// Writes the tree below DIR as a pax tar that depends on nothing but the tree: entries sorted by path, hard
/// links in one tree kept, times to the nanosecond, no user names, no access times. Sockets are left out and
/// returned.
std::vector<std::string> pack(int dir, const Sink& out, const PackOptions& options);

/// The same for one thing, NAME in the directory DIR, file, link or tree: `prefix` is its path in the
/// archive.
std::vector<std::string> pack_entry(int dir, const std::string& name, const Sink& out,
                                    const PackOptions& options);

}  // namespace husk::archive
