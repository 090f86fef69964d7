#pragma once

#include <string_view>

namespace husk::archive {

/// Whether an xattr may pass between an archive and a tree: user.* but that which overlayfs and its relatives
/// read from a directory (redirections to other files, marks), file capabilities, POSIX ACLs. Everything else
/// is the host's.
bool may_pass(std::string_view name);

/// Whether an xattr is bookkeeping of overlayfs or its relatives about their own directories: without it
/// nothing is lost.
bool is_overlay_mark(std::string_view name);

inline constexpr const char* capability_xattr = "security.capability";
inline constexpr const char* opaque_xattr = "user.overlay.opaque";
inline constexpr const char* fuse_opaque_xattr = "user.fuseoverlayfs.opaque";

}  // namespace husk::archive
