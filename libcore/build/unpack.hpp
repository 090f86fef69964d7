#pragma once

#include "libcore/archive/extract.hpp"

#include <vector>

namespace husk::build {

/// Whether the file begins like a tar archive, plain or compressed with gzip, bzip2, xz or zstd. Leaves the
/// offset at 0.
bool is_tar(int fd);

/// Unpacks it into DIRECTORY, an image's, without taking names for whiteouts; see archive::extract(). Returns
/// the owners that are to be recorded, with paths below DIRECTORY.
std::vector<archive::RecordedOwner> unpack_tar(int fd, int directory, archive::ExtractOptions options);

}  // namespace husk::build
