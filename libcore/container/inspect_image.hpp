#pragma once

#include "libcore/base/value.hpp"
#include "libcore/store/images.hpp"

namespace husk::container {

/// What docker inspect tells of an image.
Value inspect_image(const store::Store& store, const store::Tag& tag);

}  // namespace husk::container
