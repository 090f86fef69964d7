#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/userns/id_map.hpp"

#include <sys/types.h>
#include <string>
#include <string_view>
#include <vector>

namespace husk::userns {

/// newuidmap(1) and newgidmap(1) are in PATH.
bool have_map_helpers();

/// One of the two, started for the user namespace of PID.
class MapHelper {
 public:
  MapHelper(std::string_view name, pid_t pid, const std::vector<IdRange>& ranges);
  MapHelper(MapHelper&&) = delete;
  ~MapHelper();  // waits for its end

  /// Waits for its end. Throws Error with what it printed if it failed.
  void finish();

 private:
  void start(std::vector<std::string>& words);

  std::string name_;
  Fd errors_;
  pid_t child_ = 0;
};

/// Both, side by side.
class MapHelpers {
 public:
  MapHelpers(pid_t pid, const IdMap& map)
      : users_("newuidmap", pid, map.uids), groups_("newgidmap", pid, map.gids) {}
  void finish() {
    users_.finish();
    groups_.finish();
  }

 private:
  MapHelper users_;
  MapHelper groups_;
};

}  // namespace husk::userns
