#pragma once

#include "libcore/archive/extract.hpp"

#include <string_view>
#include <vector>

namespace husk::build {

inline constexpr std::size_t tar_header_size = 512;
/// Whether BYTES, of that size, are the header of a file in a tar archive.
bool is_tar_header(std::string_view bytes);

/// Whether the file begins like a tar archive, plain or compressed with gzip, bzip2, xz or zstd. Leaves the
/// offset at 0.
bool is_tar(int fd);

/// Unpacks it into DIRECTORY, an image's, without taking names for whiteouts; see archive::extract(). Returns
/// the owners that are to be recorded, with paths below DIRECTORY.
std::vector<archive::RecordedOwner> unpack_tar(int fd, int directory, archive::ExtractOptions options);

}  // namespace husk::build
