#include "libcore/store/gc.hpp"
