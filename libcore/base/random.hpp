#pragma once

#include <cstddef>
#include <string>

namespace husk {

/// COUNT random bytes from the kernel (getrandom(2)) as 2 × COUNT lower-case hexadecimal digits.
std::string random_hex(std::size_t count);

}  // namespace husk
