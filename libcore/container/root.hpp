#pragma once

#include "libcore/runtime/rootfs.hpp"
#include "libcore/store/containers.hpp"
#include "libcore/userns/id_map.hpp"

#include <functional>
#include <string>

namespace husk::container {

enum class Access : std::uint8_t { read, write };

/// The map that a container or a layer of this kind was made with, for this caller.
userns::IdMap map_of(userns::MapKind kind);

/// The directories of these layers (lowest first), topmost first. Throws Error if one is not in the store.
std::vector<std::filesystem::path> lower_directories(const store::Store& store, userns::MapKind map,
                                                     const std::vector<oci::Digest>& diff_ids);

/// Runs BODY as root of the container's user namespace with a descriptor of its root directory: of the
/// running container, with its volumes and mounts, or of the file system that it would start with. Nothing of
/// the container is executed, loaded or looked up by path. Returns what BODY returned. For a process of its
/// own (see Half): the one that calls may belong to the container's user namespace afterwards.
std::string with_root(const store::Store& store, const store::Container& container, Access access,
                      const std::function<std::string(int root)>& body);

}  // namespace husk::container
