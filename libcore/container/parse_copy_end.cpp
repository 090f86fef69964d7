#include "libcore/container/copy.hpp"

namespace husk::container {

CopyEnd parse_copy_end(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (text.starts_with('/') || text.starts_with('.') || colon == std::string::npos || colon == 0)
    return {{}, text};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace husk::container
