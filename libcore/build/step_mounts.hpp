#pragma once

#include "libcore/build/agent_socket.hpp"
#include "libcore/build/run_mounts.hpp"
#include "libcore/build/session.hpp"
#include "libcore/runtime/container.hpp"
#include "libcore/store/cache_mounts.hpp"
#include "libcore/store/layers.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace husk::build {

/// What the mounts of one RUN need for as long as it runs: the locks of its caches, the values of its
/// secrets, the processes that forward to agents, the directories for what is written and thrown away.
class StepMounts {
 public:
  /// Waits for caches that are locked. Throws SyntaxError at the mount.
  StepMounts(const Session& session, const std::vector<MountOrder>& orders);

  void add_to(runtime::Spec& spec) const;

 private:
  void open_caches(const std::vector<MountOrder>& orders);
  void add(const MountOrder& order);
  void add_bind(const MountOrder& order);
  void add_directory(const MountOrder& order, Context& context);
  void add_cache(const MountOrder& order);
  void add_secret(const MountOrder& order);
  void add_agent(const MountOrder& order);
  runtime::Rootfs with_scratch(runtime::Rootfs tree);
  store::CacheMountKey key_of(const MountOrder& order) const;

  const Session& session_;
  std::map<std::string, store::CacheMount> caches_;  // by name
  std::deque<store::PendingLayer> scratch_;          // never committed
  std::deque<Fd> secrets_;
  std::deque<AgentSocket> agents_;

  std::vector<runtime::Volume> volumes_;
  std::vector<runtime::Mount> mounts_;
  std::vector<std::string> environment_;
};

}  // namespace husk::build
