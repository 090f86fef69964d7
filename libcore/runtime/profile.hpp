#pragma once

#include "libcore/runtime/capabilities.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace husk::runtime {

/// What the commands of a container may do and see, as far as the user can change it; as it is made, what
/// every container has. Plain data.
struct Profile {
  std::uint64_t capabilities = default_capabilities();  // of root in it; others have none
  bool filters_calls = true;                            // system calls
  std::string filter;                                   // for seccomp(2); empty: those of load_filters()
  bool no_new_privileges = false;                       // with a single id always
  std::vector<std::string> groups;                      // supplementary ones, by name or number
  bool keeps_groups = false;                            // those of the caller, and no others
  std::optional<int> oom_score_adjustment;              // proc(5)
  bool has_init = false;  // the first process is one that passes signals on and waits for orphans
};

/// Of the container as a whole.
struct SystemPaths {
  bool all_visible = false;          // nothing of /proc and /sys is hidden or read-only
  std::vector<std::string> visible;  // not this, or what is below it
  std::vector<std::string> hidden;   // this, too
  std::vector<std::pair<std::string, std::string>> settings;  // sysctl(8): "net/ipv4/ip_forward", value
};

/// By default: what of /proc and /sys is hidden, and what of /proc read-only (as /sys is in any case).
std::vector<std::string> hidden_paths();
std::vector<std::string> read_only_paths();

}  // namespace husk::runtime
