#include "libcore/store/blobs.hpp"
