#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace husk::build {

/// Copies SIZE bytes, without moving them where the file system can share them (FICLONE) or copy them itself.
/// PATH is for messages.
void copy_content(int from, int to, std::uint64_t size, std::string_view path);

/// The extended attributes of an open file that an image may have: user.* without those of overlayfs, and
/// security.capability. Names and values in one text, "" for none; it is the same for the same attributes.
std::string read_attributes(int fd, std::string_view path);

/// Copies them.
void copy_attributes(int from, int to, std::string_view path);

}  // namespace husk::build
