#pragma once

#include "libcore/build/selection.hpp"

#include <string>
#include <vector>

namespace husk::build {

/// What of a file's mode decides whether a copy has to be made again. executable: whether its owner may
/// execute it, and setuid, setgid, sticky; the rest is what a umask leaves of it, as git has it. none:
/// --chmod gives all of them another one.
enum class ModeCounts : std::uint8_t { all, executable, none };

struct DigestOptions {
  bool with_owners = false;  // files of an image have owners, those of a context none that count
  ModeCounts modes = ModeCounts::all;
};

/// The digest of names, types, modes, links and content of everything selected; never of times. Regular files
/// have been hashed: see hash_files().
std::string digest_of(const std::vector<Selection>& selections, const DigestOptions& options);

}  // namespace husk::build
