#pragma once

#include "libcore/build/session.hpp"
#include "libcore/oci/image_config.hpp"

namespace husk::build {

/// Throws Error unless SECOND, which was built of the same as FIRST, is the same image. Which files of which
/// layers differ, and how, is reported before. When the images were made does not count.
void require_same_image(const Session& session, const oci::ImageConfig& first,
                        const oci::ImageConfig& second);

}  // namespace husk::build
