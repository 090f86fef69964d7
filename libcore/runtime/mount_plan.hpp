#pragma once

#include "libcore/runtime/mount.hpp"
#include "libcore/runtime/overlay.hpp"

#include <sys/types.h>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace husk::runtime {

/// A volume or mount as the first process of a container needs it. Which members count depends on the kind.
struct PlannedMount {
  enum class Kind : std::uint8_t { path, tree, memory, secret };
  Kind kind = Kind::path;
  std::string target;            // absolute and normal
  std::uint64_t attributes = 0;  // MOUNT_ATTR_…; path: also of what is mounted below

  std::uint64_t top_attributes = 0;  // path: of the top alone
  Propagation propagation = Propagation::apart;
  bool with_mounts_below = true;

  std::string source = {};  // path: absolute; tree: in it
  dev_t device = 0;  // path: of the source, so that the child, which has to look it up again, gets the same
  ino_t inode = 0;
  OverlayPlan tree = {};
  // memory: of the tmpfs; see max_memory_options
  std::vector<std::pair<std::string, std::string>> options = {};
  int content = -1;       // secret: what is copied, and how the file is to be
  mode_t mode = 0;
  uid_t uid = 0;
  gid_t gid = 0;
};

inline constexpr std::size_t max_memory_options = 5;

/// How many there can be of both together.
inline constexpr std::size_t max_mounts = 1024;

/// Those with lower targets after those that they lie in. Throws Error for sources and targets that can't be.
std::vector<PlannedMount> plan_mounts(const std::vector<Volume>& volumes, const std::vector<Mount>& mounts);

}  // namespace husk::runtime
