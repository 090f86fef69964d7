#pragma once

#include "libcore/store/images.hpp"
#include "libcore/userns/id_map.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace husk::container {

enum class Pull : std::uint8_t { missing, always, never, newer };
/// Throws Error.
Pull parse_pull(std::string_view text);

/// newer: the registry's if it can be had and is another one, as podman has it; no error if there is one
/// here. The image NAME, which husk-pull is executed for if it is not there or PULL says so. Throws Error.
store::Tag resolve_image(const store::Store& store, const std::string& name, Pull pull);

/// Layers are unpacked once for each kind of id map: husk-unpack is executed if one of DIFF_IDS, those of the
/// image NAME, is not. USERNS is as the user chose it.
void unpack_layers(const store::Store& store, const std::string& name, const std::string& userns,
                   userns::MapKind map, const std::vector<oci::Digest>& diff_ids);

}  // namespace husk::container
