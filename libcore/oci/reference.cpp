#include "libcore/oci/reference.hpp"
