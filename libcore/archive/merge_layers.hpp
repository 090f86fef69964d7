#pragma once

#include <string>
#include <vector>

// Trees as overlayfs has them in upper directories, with whiteouts and opaque marks, and what they mean
// together. Descriptors of their top directories; paths are clean.
namespace husk::archive {

/// What the layers, topmost first, show at PATH.
enum class Shown : unsigned char { nothing, directory, other };
Shown look_up(const std::vector<int>& layers, const std::string& path);

/// Removes from MERGED what the layer ABOVE replaces or takes away, so that its tar can be extracted over it:
/// things under its whiteouts and in its opaque directories. A directory that comes in the place of something
/// else will be opaque.
void make_way(int merged, int above);

/// Removes marks in MERGED that hide nothing of BASE, its layers, topmost first.
void drop_idle_marks(int merged, const std::vector<int>& base);

}  // namespace husk::archive
