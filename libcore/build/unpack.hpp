#pragma once

#include "libcore/archive/extract.hpp"

#include <vector>

namespace husk::build {

/// Whether the file begins like a tar archive, plain or compressed with gzip or zstd. Leaves the offset at 0.
/// Throws for one that is compressed in a way that we can't read.
bool is_tar(int fd);

/// Unpacks it into DIRECTORY, with the owners that it names; runs as root of the image's user namespace. With
/// Owners::record, for a namespace with one id only, they are returned instead, with paths below DIRECTORY.
std::vector<archive::RecordedOwner> unpack_tar(int fd, int directory, archive::Owners owners);

}  // namespace husk::build
