#pragma once

#include "libcore/userns/id_map.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace husk::userns {

/// Who asks for subordinate ids. Both the login name and the number may stand in subuid(5).
struct Owner {
  std::string name;  // empty if nobody knows it
  std::uint32_t id = 0;
};

/// The ranges that TEXT, the content of /etc/subuid or /etc/subgid, gives OWNER, as a map of which the first
/// line is container 0 → OWNER_ID (the user's id, or for subgid its group). Nothing but that line if there is
/// no range. Lines that are no entries are skipped as newuidmap(1) does. Throws Error if a range holds
/// OWNER_ID itself or overlaps with a range of somebody else; FILE is for the message.
std::vector<IdRange> map_subordinate_ids(std::string_view text, const Owner& owner, std::uint32_t owner_id,
                                         std::string_view file);

}  // namespace husk::userns
