#pragma once

#include <string>
#include <string_view>

namespace husk::oci {

/// Operating system and processor, in the names of the Go language: linux/arm64/v8.
struct Platform {
  std::string os;
  std::string architecture;
  std::string variant;

  std::string str() const;
  friend auto operator<=>(const Platform&, const Platform&) = default;
};

/// "linux/amd64", "linux/arm/v7", "arm64" (the host's os). Normalises as containerd does: x86_64 is amd64,
/// arm64/v8 is arm64, arm is arm/v7. Throws Error with exit usage.
Platform parse_platform(std::string_view text);
Platform host_platform();

}  // namespace husk::oci
