#include "libcore/base/random.hpp"

#include "libcore/base/error.hpp"

#include <sys/random.h>

namespace husk {

std::string random_hex(std::size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string bytes(count, '\0');
  // At most 256 bytes come whole, whatever signals arrive: getrandom(2).
  if (count > 256 || ::getrandom(bytes.data(), count, 0) != static_cast<ssize_t>(count)) {
    throw_errno("get random bytes");
  }
  std::string text;
  text.reserve(count * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4];
    text += digits[byte & 0xf];
  }
  return text;
}

}  // namespace husk
