#include "libcore/store/store.hpp"
