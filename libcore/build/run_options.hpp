#pragma once

#include "libcore/build/agent_source.hpp"
#include "libcore/build/secrets.hpp"
#include "libcore/runtime/container.hpp"
#include "libcore/runtime/host_entry.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

/// What a Dockerfile may ask for only if the user allows it: husk-build --allow.
struct Permissions {
  bool host_network = false;
  bool all_devices = false;
  std::vector<std::string> devices = {};  // paths, and oci::DeviceName
};

/// "network.host", "device", "device=/dev/NAME" or "device=vendor.com/class=name". Throws Error with exit usage, also for
/// "security.insecure".
void add_permission(Permissions& permissions, std::string_view text);

/// What a user asks for that concerns every RUN. Plain data.
struct RunOptions {
  std::vector<runtime::Volume> volumes;
  runtime::Network network = runtime::Network::private_network;
  std::vector<runtime::HostEntry> hosts;
  std::optional<std::uint64_t> shm_size;  // bytes
  std::vector<runtime::Limit> limits;
  std::vector<SecretSource> secrets;
  std::vector<AgentSource> agents;
  Permissions allowed;
};

using runtime::parse_host_entry;
using runtime::parse_shm_size;

}  // namespace husk::build
