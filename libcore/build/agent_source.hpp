#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace husk::build {

/// What husk-build --ssh makes available to steps.
struct AgentSource {
  std::string id;
  std::vector<std::filesystem::path> paths;  // absolute: the socket of an agent, or private keys
  bool is_socket = false;
};

/// "default" is the agent of $SSH_AUTH_SOCK, "ID=SOCKET" another one, "ID=KEY,KEY" one of its own for these
/// private keys. Throws Error with exit usage; also for what is not there.
AgentSource parse_agent(std::string_view text);

}  // namespace husk::build
