#include "libcore/archive/stream.hpp"
