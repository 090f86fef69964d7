#include "libcore/store/object_name.hpp"

#include <algorithm>

namespace husk::store {

bool is_object_name(std::string_view text, std::size_t shortest, std::size_t longest) {
  const auto alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return text.size() >= shortest && text.size() <= longest && alphanumeric(text.front()) &&
         std::ranges::all_of(text,
                             [&](char c) { return alphanumeric(c) || c == '_' || c == '.' || c == '-'; });
}

}  // namespace husk::store
