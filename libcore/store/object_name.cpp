#include "libcore/store/object_name.hpp"

#include "libcore/base/ascii.hpp"

#include <algorithm>

namespace husk::store {

bool is_object_name(std::string_view text, std::size_t shortest, std::size_t longest) {
  return text.size() >= shortest && text.size() <= longest && is_alphanumeric(text.front()) &&
         std::ranges::all_of(text,
                             [](char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; });
}

}  // namespace husk::store
