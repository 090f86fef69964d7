#pragma once

#include "libcore/oci/device_spec.hpp"
#include "libcore/runtime/container.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

// Devices by the names of the Container Device Interface.
namespace husk::runtime {

/// Where specifications lie: /etc/cdi, /var/run/cdi and the user's own, $XDG_CONFIG_HOME/cdi. What a later
/// one says of a device wins.
std::vector<std::filesystem::path> device_directories();

/// What the device NAME adds to a container; nothing if no specification in DIRECTORIES has it. Throws Error
/// if two in one directory have, and if it needs what no container of an ordinary user can get.
std::optional<oci::DeviceEdits> find_device(const oci::DeviceName& name,
                                            const std::vector<std::filesystem::path>& directories);

/// The same; that there is none is an error, which tells of a file that could not be read.
oci::DeviceEdits require_device(const oci::DeviceName& name,
                                const std::vector<std::filesystem::path>& directories);

/// Adds it. Device nodes are bind mounts, with the rights that the caller has to them.
void apply(Spec& spec, const oci::DeviceEdits& edits);

}  // namespace husk::runtime
