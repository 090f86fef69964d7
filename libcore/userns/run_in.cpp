#include "libcore/userns/run_in.hpp"
