#include "libcore/runtime/rootfs.hpp"
