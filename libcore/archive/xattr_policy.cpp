#include "libcore/archive/xattr_policy.hpp"

namespace husk::archive {

bool may_pass(std::string_view name) {
  if (name == capability_xattr) return true;
  if (name == "system.posix_acl_access" || name == "system.posix_acl_default") return true;
  return name.starts_with("user.") && name.find('\0') == std::string_view::npos && !is_overlay_mark(name) &&
         !name.starts_with("user.containers.");
}

bool is_overlay_mark(std::string_view name) {
  return name.starts_with("user.overlay.") || name.starts_with("user.fuseoverlayfs.") ||
         name.starts_with("trusted.overlay.");
}

}  // namespace husk::archive
