#include "libcore/archive/extract.hpp"
