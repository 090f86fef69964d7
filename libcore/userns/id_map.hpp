#pragma once

#include <sys/types.h>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace husk::userns {

/// One line of uid_map or gid_map, user_namespaces(7).
struct IdRange {
  std::uint32_t inside = 0;
  std::uint32_t outside = 0;
  std::uint32_t count = 0;
  friend bool operator==(const IdRange&, const IdRange&) = default;
};

/// What decides how files lie in the store: with the caller's own id only, all of them belong to the caller;
/// with subordinate ids they have their true owners, shifted.
enum class MapKind : std::uint8_t { single, subordinate };

/// The name of the directory below layers/: "s" or "m".
std::string_view map_name(MapKind kind);

struct IdMap {
  MapKind kind = MapKind::single;
  std::vector<IdRange> uids;
  std::vector<IdRange> gids;
  friend bool operator==(const IdMap&, const IdMap&) = default;
};

/// What --userns=auto|subid|single asks for.
enum class Choice : std::uint8_t { automatic, subordinate, single };
Choice parse_choice(std::string_view text);

/// Container 0 is the caller and, with subordinate ids, 1… are the ranges that /etc/subuid and /etc/subgid
/// give the caller (by name or by number). automatic takes them if both files have a range and newuidmap and
/// newgidmap are there. Throws Error, with the line to add or the package to install as a hint, if CHOICE
/// can't be had.
IdMap choose_map(Choice choice);
IdMap choose_map(MapKind kind);

class MapHelpers;

/// Gives the new user namespace of PID its maps: with newuidmap(1) and newgidmap(1) side by side, or, for a
/// single id, directly after denying setgroups. The helpers take a millisecond, in which the caller can do
/// something else.
class MapWriter {
 public:
  MapWriter(pid_t pid, const IdMap& map);
  MapWriter(MapWriter&&) noexcept;
  ~MapWriter();  // waits for the helpers

  /// The maps are there when it returns. Throws Error with what the helper that failed printed.
  void finish();

 private:
  std::unique_ptr<MapHelpers> helpers_;
};

/// Starts and finishes.
void write_maps(pid_t pid, const IdMap& map);

}  // namespace husk::userns
