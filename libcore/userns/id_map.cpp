#include "libcore/userns/id_map.hpp"
