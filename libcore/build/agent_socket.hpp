#pragma once

#include "libcore/base/child.hpp"
#include "libcore/build/agent_source.hpp"
#include "libcore/store/lease.hpp"

#include <sys/types.h>
#include <filesystem>
#include <optional>

namespace husk::build {

/// A socket for one build step behind which SOURCE answers. A process of ours is in between: it is the caller
/// to the agent, whoever the step runs as, and lets the step see and use the keys but not add, remove or lock
/// them. Gone with this object, or when this process dies.
class AgentSocket {
 public:
  /// MODE of the socket, in the lease's tmp directory. Throws Error for keys that can't be used.
  AgentSocket(const store::Lease& lease, const AgentSource& source, mode_t mode);

  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  std::optional<Child> agent_;  // ssh-agent(1), for keys
  std::optional<Child> relay_;
};

}  // namespace husk::build
