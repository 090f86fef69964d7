#include "libcore/base/run_program.hpp"
