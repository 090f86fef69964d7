#pragma once

#include "libcore/store/images.hpp"
#include "libcore/store/volumes.hpp"
#include "libcore/userns/id_map.hpp"

#include <string>

namespace husk::container {

/// Gives the volume NAME, if it is empty, what the image IMAGE has at PATH, with owners, modes and times of a
/// container with MAP, also those of the directory itself. If the image has no directory there, it stays as
/// it is. The caller must have one thread only.
void fill_volume(const store::Store& store, const std::string& name, const store::Tag& image,
                 const std::string& path, const userns::IdMap& map);

}  // namespace husk::container
