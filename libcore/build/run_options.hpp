#pragma once

#include "libcore/build/agent_source.hpp"
#include "libcore/build/secrets.hpp"
#include "libcore/runtime/container.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

/// What a user asks for that concerns every RUN. Plain data.
struct RunOptions {
  std::vector<runtime::Volume> volumes;
  runtime::Network network = runtime::Network::private_;
  std::vector<runtime::HostEntry> hosts;
  std::optional<std::uint64_t> shm_size;  // bytes
  std::vector<runtime::Limit> limits;
  std::vector<SecretSource> secrets;
  std::vector<AgentSource> agents;
};

/// "NAME:ADDRESS" or "NAME=ADDRESS": husk-build --add-host. Throws Error with exit usage.
runtime::HostEntry parse_host_entry(std::string_view text);

/// "64m": --shm-size. Throws Error with exit usage.
std::uint64_t parse_shm_size(std::string_view text);

}  // namespace husk::build
