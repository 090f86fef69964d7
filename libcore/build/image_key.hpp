#pragma once

#include "libcore/oci/platform.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace husk::build {

/// What a build calls the image NAME for PLATFORM: its name on the machine of that platform, and
/// "NAME (linux/arm64)" on others.
std::string image_key(const std::string& name, const oci::Platform& platform, const oci::Platform& build);

struct ImageKey {
  std::string name;
  std::optional<oci::Platform> platform;  // nothing: this machine's
};
ImageKey parse_image_key(std::string_view key);

}  // namespace husk::build
