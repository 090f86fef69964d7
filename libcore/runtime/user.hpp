#pragma once

#include <sys/types.h>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace husk::runtime {

/// USER of an image or --user, "name", "uid", "name:group", "uid:gid": read, but not yet looked up.
struct UserRequest {
  std::string user;  // empty: by number
  std::optional<uid_t> uid;
  std::string group;  // empty: by number, or the user's own
  std::optional<gid_t> gid;
  friend bool operator==(const UserRequest&, const UserRequest&) = default;
};

/// All digits is a number, always, from 0 to 2³²-2: "-1", which setuid(2) takes as "unchanged", and what does
/// not fit are errors (CVE-2024-40635). An empty TEXT is 0:0's user. Throws Error.
UserRequest parse_user(std::string_view text);

/// A supplementary group, by name or number.
struct GroupRequest {
  std::string name;
  std::optional<gid_t> gid;
};
std::vector<GroupRequest> parse_groups(const std::vector<std::string>& texts);

/// Who a process becomes.
struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
  std::array<gid_t, 256> groups = {};  // supplementary; the first is GID
  std::size_t group_count = 0;
  std::array<char, 1024> home = {};  // ends with a zero byte
};

enum class UserFailure {
  none,
  no_such_user,
  no_such_group,
  bad_passwd,  // /etc/passwd is no regular file, or larger than any that is meant well
  bad_group,
};

/// Looks REQUEST up in /etc/passwd and /etc/group below ROOT, which an image wrote: nothing else of them is
/// ever opened than a regular file inside ROOT of at most 1 MiB with lines of at most 4 KiB. Allocates
/// nothing.
UserFailure find_identity(int root, const UserRequest& request, Identity& identity) noexcept;

/// Adds GROUPS to those of IDENTITY, looked up the same way. Where one is not there, it is in MISSING.
UserFailure add_groups(int root, const std::vector<GroupRequest>& groups, Identity& identity,
                       const char*& missing) noexcept;

}  // namespace husk::runtime
