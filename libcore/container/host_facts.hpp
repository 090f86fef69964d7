#pragma once

#include "libcore/store/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace husk::container {

/// Why something can't be had, and what can be done about it, as far as whoever found out knew.
struct Obstacle {
  std::string problem;
  std::string hint = {};
};

/// What this machine lets its user do.
struct HostFacts {
  std::optional<Obstacle> user_namespaces;     // tried
  std::optional<Obstacle> subordinate_ids;     // tried
  std::optional<Obstacle> overlay;             // tried in the store
  std::optional<Obstacle> network_program;     // pasta(1)
  std::optional<Obstacle> control_groups;      // as limits of memory, processors and processes need them
  std::string file_system;                     // of the store: "ext4"
  std::optional<int> max_user_namespaces;      // sysctl user.max_user_namespaces
  std::optional<int> unprivileged_namespaces;  // sysctl kernel.unprivileged_userns_clone, which Debian had
  std::optional<int> apparmor_restricts;  // sysctl kernel.apparmor_restrict_unprivileged_userns, Ubuntu's
  std::optional<int> first_port;          // sysctl net.ipv4.ip_unprivileged_port_start
  bool has_tunnel = false;                // /dev/net/tun can be opened
  bool has_filters = false;               // of system calls, seccomp(2)
  bool has_unified_groups = false;        // cgroup v2
  bool has_systemd = false;
};

/// Tries things out: two processes with user namespaces, and an overlay in the store, which are gone
/// afterwards.
HostFacts find_facts(const store::Store& store);

}  // namespace husk::container
