// As libcore/pch/standard.hpp, for unit tests.
#pragma once

#include "libcore/pch/standard.hpp"

#include <gtest/gtest.h>
