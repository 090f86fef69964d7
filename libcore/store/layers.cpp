#include "libcore/store/layers.hpp"
