#include "libcore/store/cache.hpp"
