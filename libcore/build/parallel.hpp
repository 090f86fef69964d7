#pragma once

#include <cstddef>
#include <functional>

namespace husk::build {

/// Calls BODY with 0, 1, … COUNT - 1 in as many threads as there are processors, in any order, and returns
/// when all have been done: the process has one thread then, as before. The first exception that a call
/// throws is thrown when all threads have ended; calls that were not begun are left out.
void for_each_parallel(std::size_t count, const std::function<void(std::size_t)>& body);

}  // namespace husk::build
