#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace husk::archive {

/// PATH of an archive without "/" at its beginning or end, ".", and ".."; empty for the top directory. Throws
/// Error if it is above the top or longer than the kernel takes. What a symbolic link in it does is not
/// decided here.
std::string clean_path(std::string_view path);

struct SplitPath {
  std::string_view parent;  // empty: the top directory
  std::string_view name;
};
/// Of a clean path that is not empty.
SplitPath split_path(std::string_view path);

enum class WhiteoutKind : std::uint8_t {
  none,     // an ordinary entry
  removal,  // ".wh.NAME": NAME of the layers below is gone
  opaque,   // ".wh..wh..opq": all of the layers below is gone from this directory
  ignored,  // ".wh..wh.ANYTHING": what aufs kept for itself
};

struct Whiteout {
  WhiteoutKind kind = WhiteoutKind::none;
  std::string_view name;  // of a removal
};

/// What a clean path says by its names (OCI image-spec, layer.md, Whiteouts). Throws Error for names that say
/// nothing:
/// ".wh.", ".wh..", ".wh...", and for a whiteout in the place of a directory.
Whiteout classify(std::string_view path);

}  // namespace husk::archive
