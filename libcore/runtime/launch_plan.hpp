#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/runtime/container.hpp"
#include "libcore/runtime/mount_plan.hpp"
#include "libcore/runtime/overlay.hpp"
#include "libcore/runtime/user.hpp"

#include <sys/resource.h>
#include <sys/types.h>
#include <cstdint>
#include <string>
#include <vector>

namespace husk::runtime {

/// A file that is put over one of the image, with its content.
struct PlannedFile {
  std::string name;  // below /etc
  std::string content;
};

/// Everything that the first process of a container needs, laid out so that it only makes system calls.
struct LaunchPlan {
  OverlayPlan root;
  bool read_only = false;
  Network network = Network::private_network;
  bool forward_names = false;  // resolv.conf names forwarded_name_server
  std::vector<PlannedMount> mounts;
  std::vector<PlannedFile> files;
  std::string shm_size;  // in bytes

  std::string host_name;
  std::string working_directory;
  UserRequest user;
  std::string user_text;
  bool may_set_groups = false;
  bool has_tty_group = false;  // group 5 is mapped
  std::vector<GroupRequest> groups;
  Fd init;  // husk-init, in the first process alone
  Profile profile;
  SystemPaths system_paths;
  bool terminal = false;
  bool standard_input = true;
  bool has_home = false;
  std::vector<Limit> limits;

  std::vector<std::string> arguments;
  std::vector<std::string> candidates;  // paths to execute, in this order
  std::vector<std::string> environment;
  std::vector<char*> argv;
  std::vector<char*> envp;  // with room for HOME before the null pointer

  LaunchPlan() = default;
  LaunchPlan(LaunchPlan&&) = delete;  // argv points into it
};

/// What the host says that a plan depends on.
struct HostFacts {
  std::string resolv_conf;
  std::string hosts;
  rlim_t most_core = RLIM_INFINITY;  // as find_most_core()
};
HostFacts read_host_facts();
/// Bytes of a core file: the caller's hard limit, getrlimit(2).
rlim_t find_most_core();

/// The resolv.conf of a container. Name servers on the loopback interface can't be reached from a network
/// namespace: if the host has no other, forwarded_name_server, behind which the network helper asks the
/// host's.
std::string plan_resolv_conf(const std::string& of_host, Network network, const NameResolution& wanted = {});
inline constexpr const char* forwarded_name_server = "169.254.1.1";

/// Adds what every container has: PATH, HOSTNAME, TERM.
std::vector<std::string> plan_environment(const std::vector<std::string>& wanted,
                                          const std::string& host_name, bool terminal);

/// Where the container looks for a program called NAME.
std::vector<std::string> plan_candidates(const std::string& name,
                                         const std::vector<std::string>& environment);

/// Fills what of PLAN concerns the command alone, not its container. Throws Error.
void plan_command(const Spec& spec, rlim_t most_core, LaunchPlan& plan);

/// Fills PLAN. Throws Error.
void plan_launch(const Spec& spec, const HostFacts& facts, LaunchPlan& plan);

}  // namespace husk::runtime
