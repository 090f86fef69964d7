#include "libcore/oci/descriptor.hpp"
