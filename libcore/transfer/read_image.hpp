#pragma once

#include "libcore/transfer/image_source.hpp"

#include <optional>

namespace husk::transfer {

/// The documents of one image; its configuration may be of any kind.
struct ImageDocuments {
  std::optional<oci::Verified> index;  // what the name means, where that is an index
  oci::Verified manifest;
  oci::Verified config;
};

/// Those that the source's name means on PLATFORM.
ImageDocuments read_image(ImageSource& source, const oci::Platform& platform);

}  // namespace husk::transfer
