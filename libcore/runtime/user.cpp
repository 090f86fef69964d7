#include "libcore/runtime/user.hpp"

#include "libcore/base/error.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>

namespace husk::runtime {
namespace {

constexpr std::size_t max_file = 1 << 20;
constexpr std::size_t max_line = 4096;

// Not on the stack; only the pages that a file fills are ever touched.
char file_buffer[max_file];

std::optional<uid_t> parse_id(std::string_view text) noexcept {
  uid_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value == static_cast<uid_t>(-1))
    return std::nullopt;
  return value;
}

void parse_half(std::string_view text, std::string_view what, std::string& name, std::optional<uid_t>& id) {
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  if (digits) {
    id = parse_id(text);
    if (!id) throw Error(cat(what, " ", quote(text), " is not from 0 to 4294967294"));
    return;
  }
  const bool name_like = !text.empty() && text.front() != '-' && text.front() != '+' && text.size() <= 256 &&
                         std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != '/'; });
  if (!name_like) throw Error(cat(what, " ", quote(text), " is neither a name nor a number"));
  name = text;
}

// Splits off what stands before SEPARATOR.
std::string_view take(std::string_view& text, char separator) noexcept {
  const std::string_view first = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), first.size() + 1));
  return first;
}

struct FileText {
  enum class State { missing, bad, read } state;
  std::string_view text;
};

// What --security-opt mask hides has nothing in it, which is no trick of an image.
bool is_null(const struct stat& status) noexcept {
  return S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3);
}

FileText read_file(int root, const char* path) noexcept {
  open_how how{};
  how.flags =
      O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;  // a FIFO must not keep us waiting (CVE-2024-9676)
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const int fd = static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof how));
  if (fd < 0)
    return {errno == ENOENT || errno == ENOTDIR ? FileText::State::missing : FileText::State::bad, {}};
  struct stat status {};
  std::size_t size = 0;
  bool fine = ::fstat(fd, &status) == 0 && (S_ISREG(status.st_mode) || is_null(status)) &&
              status.st_size <= static_cast<off_t>(max_file);
  while (fine && size < max_file) {
    const ssize_t count = ::read(fd, file_buffer + size, max_file - size);
    if (count == 0) break;
    if (count > 0)
      size += static_cast<std::size_t>(count);
    else
      fine = errno == EINTR;
  }
  ::close(fd);
  return {fine ? FileText::State::read : FileText::State::bad, {file_buffer, size}};
}

// Calls VISIT with every line until it says that this is enough. False if a line is too long.
template <class Visit>
bool each_line(std::string_view text, Visit visit) noexcept {
  while (!text.empty()) {
    const std::string_view line = take(text, '\n');
    if (line.size() > max_line) return false;
    if (!visit(line)) return true;
  }
  return true;
}

void set_home(Identity& identity, std::string_view home) noexcept {
  const bool fits = home.starts_with('/') && home.size() < identity.home.size();
  if (!fits) home = "/";
  *std::ranges::copy(home, identity.home.begin()).out = '\0';
}

// passwd(5): name:password:uid:gid:gecos:home:shell
UserFailure find_user(int root, const UserRequest& request, Identity& identity,
                      std::string_view& name) noexcept {
  static char name_buffer[max_line];
  bool found = false;
  set_home(identity, "/");
  identity.uid = request.uid.value_or(0);
  const FileText file = read_file(root, "etc/passwd");
  if (file.state == FileText::State::bad) return UserFailure::bad_passwd;
  const bool short_lines = each_line(file.text, [&](std::string_view line) {
    const std::string_view entry_name = take(line, ':');
    (void)take(line, ':');
    const auto uid = parse_id(take(line, ':'));
    const auto gid = parse_id(take(line, ':'));
    if (!uid || !gid || (request.uid ? *uid != *request.uid : entry_name != request.user)) return true;
    (void)take(line, ':');
    identity.uid = *uid;
    identity.gid = *gid;
    set_home(identity, take(line, ':'));
    name = {name_buffer, entry_name.size()};
    std::ranges::copy(entry_name, name_buffer);
    found = true;
    return false;
  });
  if (!short_lines) return UserFailure::bad_passwd;
  return found || request.uid ? UserFailure::none : UserFailure::no_such_user;
}

bool is_member(std::string_view members, std::string_view name) noexcept {
  while (!members.empty()) {
    if (take(members, ',') == name) return true;
  }
  return false;
}

// group(5): name:password:gid:members
UserFailure find_groups(int root, const UserRequest& request, Identity& identity,
                        std::string_view user) noexcept {
  const FileText file = read_file(root, "etc/group");
  if (file.state == FileText::State::bad) return UserFailure::bad_group;
  bool found = request.group.empty();
  const bool explicit_group = request.gid.has_value() || !request.group.empty();
  identity.group_count = 1;  // for the group of the process itself, which is known at the end
  const bool short_lines = each_line(file.text, [&](std::string_view line) {
    const std::string_view entry_name = take(line, ':');
    (void)take(line, ':');
    const auto gid = parse_id(take(line, ':'));
    if (!gid) return true;
    if (!request.group.empty() && entry_name == request.group && !found) {
      identity.gid = *gid;
      found = true;
    }
    // A group that was asked for is the only one, as with docker.
    if (!explicit_group && !user.empty() && identity.group_count < identity.groups.size() &&
        *gid != identity.gid && is_member(take(line, ':'), user)) {
      identity.groups[identity.group_count++] = *gid;
    }
    return true;
  });
  // As after login(1): what setgid programs and newgrp(1) make of the effective group takes no membership
  // away, nor the reading that a file refuses to its group and grants to others (CVE-2022-2990).
  identity.groups[0] = identity.gid;
  if (!short_lines) return UserFailure::bad_group;
  return found ? UserFailure::none : UserFailure::no_such_group;
}

}  // namespace

UserRequest parse_user(std::string_view text) {
  UserRequest request;
  if (text.empty()) {
    request.uid = 0;
    return request;
  }
  const auto colon = text.find(':');
  parse_half(text.substr(0, colon), "user", request.user, request.uid);
  if (colon != std::string_view::npos)
    parse_half(text.substr(colon + 1), "group", request.group, request.gid);
  return request;
}

std::vector<GroupRequest> parse_groups(const std::vector<std::string>& texts) {
  std::vector<GroupRequest> groups;
  for (const std::string& text : texts) {
    GroupRequest& group = groups.emplace_back();
    parse_half(text, "group", group.name, group.gid);
  }
  return groups;
}

UserFailure add_groups(int root, const std::vector<GroupRequest>& groups, Identity& identity,
                       const char*& missing) noexcept {
  if (groups.empty()) return UserFailure::none;
  const FileText file = read_file(root, "etc/group");
  if (file.state == FileText::State::bad) return UserFailure::bad_group;
  for (const GroupRequest& group : groups) {
    std::optional<gid_t> gid = group.gid;
    const bool short_lines = each_line(file.text, [&](std::string_view line) {
      const std::string_view name = take(line, ':');
      (void)take(line, ':');
      if (!gid && name == group.name) gid = parse_id(take(line, ':'));
      return !gid;
    });
    if (!short_lines) return UserFailure::bad_group;
    missing = group.name.c_str();
    if (!gid) return UserFailure::no_such_group;
    if (identity.group_count < identity.groups.size()) identity.groups[identity.group_count++] = *gid;
  }
  return UserFailure::none;
}

UserFailure find_identity(int root, const UserRequest& request, Identity& identity) noexcept {
  identity = {};
  std::string_view name;
  if (const UserFailure failure = find_user(root, request, identity, name); failure != UserFailure::none)
    return failure;
  if (request.gid) identity.gid = *request.gid;
  return find_groups(root, request, identity, name);
}

}  // namespace husk::runtime
