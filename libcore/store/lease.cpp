#include "libcore/store/lease.hpp"
