#pragma once

#include "libcore/oci/device_spec.hpp"
#include "libcore/runtime/container.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace husk::container {

/// What one --device asks for.
struct DeviceOption {
  std::optional<oci::DeviceName> name;  // of the Container Device Interface; nothing else counts then
  std::string host_path, container_path;
  std::string rights = "rwm";
};

/// "HOST[:CTR][:RIGHTS]" or "vendor.com/class=name" as docker reads them. Throws Error with exit engine and
/// docker's words.
DeviceOption parse_device(std::string_view text);

/// Throws Error if TEXT, one --device, is none that a container here can get: the kernel lets nobody but root
/// of the host limit what is done with a device, beyond what its file says.
void check_device(std::string_view text);

/// Adds to SPEC what DEVICES name, which are looked up now: nodes of a directory, edits of a specification.
/// Throws Error.
void add_devices(const std::vector<std::string>& devices, runtime::Spec& spec);

}  // namespace husk::container
