#include "libcore/archive/pack.hpp"
