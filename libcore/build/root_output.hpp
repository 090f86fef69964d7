#pragma once

#include "libcore/build/session.hpp"
#include "libcore/oci/image_config.hpp"

#include <filesystem>

namespace husk::build {

/// Writes the files of an image, all layers merged, as a tar with the owners that the image has.
void write_root_tar(const Session& session, const oci::ImageConfig& config, int out);

/// Writes them into a directory, where they belong to the caller. One that is not there appears when it is
/// complete; in one that is, what is of the same name is replaced.
void write_root_directory(const Session& session, const oci::ImageConfig& config,
                          const std::filesystem::path& destination);

}  // namespace husk::build
