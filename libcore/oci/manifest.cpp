#include "libcore/oci/manifest.hpp"
