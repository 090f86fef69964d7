#include "libcore/oci/platform.hpp"
