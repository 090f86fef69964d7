#include "libcore/store/images.hpp"
