#include "libcore/userns/id_map.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/userns/map_helper.hpp"
#include "libcore/userns/subordinate_ids.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <optional>

namespace husk::userns {
namespace {

constexpr std::size_t max_file_size = 16 << 20;

// A file that is not there gives nobody anything.
std::string read_if_there(const char* path) {
  const Fd fd(::open(path, O_RDONLY | O_CLOEXEC));
  return fd ? read_all(fd.get(), max_file_size, path) : std::string{};
}

// The name in /etc/passwd. Not getpwuid(3): a static program can't load NSS modules. Users of a directory
// service are not in there; newuidmap(1), which has the last word, knows them, so $USER is good enough for
// them.
std::string login_name(uid_t uid) {
  const std::string text = read_if_there("/etc/passwd");
  const std::string number = cat(uid);
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto name_end = line.find(':');
    const auto password_end = line.find(':', name_end == std::string_view::npos ? name_end : name_end + 1);
    if (password_end == std::string_view::npos) continue;
    const std::string_view after = line.substr(password_end + 1);
    if (after.substr(0, after.find(':')) == number) return std::string(line.substr(0, name_end));
  }
  return find_environment("USER").value_or("");
}

IdMap subordinate_map() {
  const Owner owner{login_name(::getuid()), ::getuid()};
  return {MapKind::subordinate,
          map_subordinate_ids(read_if_there("/etc/subuid"), owner, ::getuid(), "/etc/subuid"),
          map_subordinate_ids(read_if_there("/etc/subgid"), owner, ::getgid(), "/etc/subgid")};
}

IdMap single_map() { return {MapKind::single, {{0, ::getuid(), 1}}, {{0, ::getgid(), 1}}}; }

// Why the subordinate map can't be had, or nothing.
std::optional<Error> find_obstacle(const IdMap& map) {
  if (map.uids.size() < 2 || map.gids.size() < 2) {
    const char* const file = map.uids.size() < 2 ? "/etc/subuid" : "/etc/subgid";
    Error error(cat("no subordinate ids: ", file, " has no range for user ", ::getuid()));
    error.set_hint(cat("as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ",
                       escape(login_name(::getuid())), " (choose ids that nobody has)"));
    return error;
  }
  if (!have_map_helpers()) {
    Error error("no subordinate ids: newuidmap and newgidmap are not in PATH");
    error.set_hint("install the package 'uidmap'");
    return error;
  }
  return std::nullopt;
}

std::string print_map(const std::vector<IdRange>& ranges) {
  std::string text;
  for (const IdRange& range : ranges) text += cat(range.inside, " ", range.outside, " ", range.count, "\n");
  return text;
}

// One write() only: the kernel takes a map whole or not at all (user_namespaces(7)).
void write_proc(pid_t pid, std::string_view name, std::string_view text) {
  const std::string path = cat("/proc/", pid, "/", name);
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd || ::write(fd.get(), text.data(), text.size()) < 0) throw_errno("write ", path);
}

}  // namespace

std::string_view map_name(MapKind kind) { return kind == MapKind::single ? "s" : "m"; }

Choice parse_choice(std::string_view text) {
  if (text == "auto") return Choice::automatic;
  if (text == "subid") return Choice::subordinate;
  if (text == "single") return Choice::single;
  throw Error(cat("unknown id map ", quote(text), ": auto, subid and single are known"), Exit::usage);
}

IdMap choose_map(Choice choice) {
  if (choice == Choice::single) return single_map();
  IdMap map = subordinate_map();
  if (const auto obstacle = find_obstacle(map)) {
    if (choice == Choice::subordinate) throw Error(*obstacle);
    return single_map();
  }
  return map;
}

IdMap choose_map(MapKind kind) {
  return choose_map(kind == MapKind::single ? Choice::single : Choice::subordinate);
}

MapWriter::MapWriter(pid_t pid, const IdMap& map) {
  if (map.kind == MapKind::subordinate) {
    helpers_ = std::make_unique<MapHelpers>(pid, map);
    return;
  }
  write_proc(pid, "setgroups", "deny");  // else an unprivileged process may not write gid_map
  write_proc(pid, "uid_map", print_map(map.uids));
  write_proc(pid, "gid_map", print_map(map.gids));
}

MapWriter::MapWriter(MapWriter&&) noexcept = default;
MapWriter::~MapWriter() = default;

void MapWriter::finish() {
  if (helpers_) helpers_->finish();
}

void write_maps(pid_t pid, const IdMap& map) { MapWriter(pid, map).finish(); }

}  // namespace husk::userns
