#pragma once

#include <cstdint>
#include <string_view>

namespace husk::build {

/// Copies SIZE bytes, without moving them where the file system can share them (FICLONE) or copy them itself.
/// PATH is for messages.
void copy_content(int from, int to, std::uint64_t size, std::string_view path);

/// Copies the extended attributes that an image may have: user.* without those of overlayfs, and
/// security.capability.
void copy_attributes(int from, int to, std::string_view path);

}  // namespace husk::build
