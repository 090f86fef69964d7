#pragma once

#include "libcore/build/session.hpp"
#include "libcore/oci/image_config.hpp"

#include <cstdint>

namespace husk::build {

/// CONFIG, in which neither the image nor a line of its history is newer than NEWEST, in seconds since 1970.
oci::ImageConfig with_times_until(oci::ImageConfig config, std::int64_t newest);

/// CONFIG with layers in the place of those behind the first BASE ones that are the same but for the times of
/// files: none is newer than NEWEST. A layer is rewritten once; the cache knows what became of it.
oci::ImageConfig rewrite_layer_times(const Session& session, oci::ImageConfig config, std::size_t base,
                                     std::int64_t newest);

}  // namespace husk::build
