#include "libcore/archive/xattr_policy.hpp"

#include <algorithm>
#include <array>

namespace husk::archive {

bool may_pass(std::string_view name) {
  constexpr std::array<std::string_view, 3> markers{"user.overlay.", "user.fuseoverlayfs.",
                                                    "user.containers."};
  if (name == capability_xattr) return true;
  if (name == "system.posix_acl_access" || name == "system.posix_acl_default") return true;
  return name.starts_with("user.") && name.find('\0') == std::string_view::npos &&
         std::none_of(markers.begin(), markers.end(),
                      [name](std::string_view marker) { return name.starts_with(marker); });
}

}  // namespace husk::archive
