#pragma once

#include <string_view>

namespace husk {

/// Whether TEXT has lower-case hexadecimal digits only, as digests and ids are written; so has empty text.
constexpr bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace husk
