#include "libcore/oci/image_config.hpp"
