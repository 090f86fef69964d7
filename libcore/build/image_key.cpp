#include "libcore/build/image_key.hpp"

#include "libcore/base/text.hpp"

namespace husk::build {

std::string image_key(const std::string& name, const oci::Platform& platform, const oci::Platform& build) {
  return platform == build ? name : cat(name, " (", platform.str(), ")");
}

// No name of an image ends in a parenthesis.
ImageKey parse_image_key(std::string_view key) {
  const auto begin = key.rfind(" (");
  if (begin == std::string_view::npos || !key.ends_with(')')) return {std::string(key), {}};
  return {std::string(key.substr(0, begin)),
          oci::parse_platform(key.substr(begin + 2, key.size() - begin - 3))};
}

}  // namespace husk::build
