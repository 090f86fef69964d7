// As libcore/base/pch/standard.hpp, for unit tests.
#pragma once

#include "libcore/base/pch/standard.hpp"

#include <gtest/gtest.h>
