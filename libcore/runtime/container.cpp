#include "libcore/runtime/container.hpp"
