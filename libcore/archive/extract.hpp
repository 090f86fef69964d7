#pragma once

#include "libcore/archive/stream.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace husk::archive {

/// How ".wh." entries are taken. overlay: as overlayfs has them in an upper directory, a character device 0:0
/// and the xattr user.overlay.opaque. literal: they are ordinary files (docker cp, ADD).
enum class Whiteouts : std::uint8_t { overlay, literal };

/// apply: chown to the owner in the archive; an id without a mapping is an error that says so. record:
/// everything belongs to the caller, and owners other than 0:0 are returned. fixed: everything belongs to
/// `uid`, `gid`. record_fixed: to the caller, and `uid`, `gid` are returned as the owner of everything.
enum class Owners : std::uint8_t { apply, record, fixed, record_fixed };

/// What happens to a thing that is in the way of an entry. replace: it is removed, a directory with all that
/// is below it. refuse: the same, but that a directory in the place of something else, or something else in
/// the place of a directory, is an error (docker cp).
enum class Conflicts : std::uint8_t { replace, refuse };

/// An owner that the file system can't hold.
struct RecordedOwner {
  std::string path;  // relative, without "./"
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  friend bool operator==(const RecordedOwner&, const RecordedOwner&) = default;
};

struct ExtractOptions {
  Whiteouts whiteouts = Whiteouts::overlay;
  Owners owners = Owners::apply;
  Conflicts conflicts = Conflicts::replace;
  std::uint32_t uid = 0;  // for Owners::fixed and record_fixed
  std::uint32_t gid = 0;
  std::uint32_t modes = 07777;              // the bits of modes that are kept
  std::optional<std::int64_t> newest = {};  // seconds since 1970: times after it become it
  std::string directory = {};  // clean path of the directory in ROOT where the top of the archive is
  std::string only = {};  // not empty: an entry that is not this path of the archive or below it is an error
  std::uint64_t max_entries = 10'000'000;
  std::uint64_t max_bytes = 1ULL << 40;
};

struct Extracted {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;  // of file content
  std::vector<RecordedOwner> owners;
  std::vector<std::string> notes;  // what was left out and why, few and short
};

/// Unpacks the tar stream TAR (ustar, pax, gnu; decompress it first) below the directory ROOT, which should
/// be empty for a layer. No entry can touch anything outside ROOT: every path is resolved by openat2(2) with
/// RESOLVE_IN_ROOT and without magic links, every file is made with O_EXCL after an unlink, links are only
/// made to files of this archive. TAR is read to its end, also behind the end of the archive. The process's
/// umask must be 0 in this function; it sees to that, so no other thread may create files meanwhile. Throws
/// Error naming the number and the path of the entry that is refused.
Extracted extract(const Source& tar, int root, const ExtractOptions& options);

}  // namespace husk::archive
