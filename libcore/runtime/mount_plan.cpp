#include "libcore/runtime/mount_plan.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/fd.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <algorithm>
#include <array>
#include <charconv>

namespace husk::runtime {
namespace {

std::string normal_target(std::string_view target) {
  std::string normal = std::filesystem::path(target).lexically_normal().string();
  while (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
  if (!normal.starts_with('/'))
    throw Error(cat("mount target ", quote(target), " is not absolute"), Exit::engine);
  if (normal == "/" || normal == "/proc" || normal.starts_with("/proc/")) {
    throw Error(cat("nothing can be mounted on ", quote(normal)), Exit::engine);
  }
  return normal;
}

std::string read_file_of_proc(const std::string& path) {
  constexpr std::size_t limit = 16 << 20;
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file ? read_all(file.get(), limit, path) : std::string{};
}

struct Seen {
  struct stat status = {};
  std::string path;
};

Seen look(const std::filesystem::path& source, std::string_view what) {
  const Fd fd(::open(source.c_str(), O_PATH | O_CLOEXEC));
  Seen seen;
  if (!fd || ::fstat(fd.get(), &seen.status) != 0) {
    SysError error(errno, cat("open ", what, " ", quote(source)));
    error.set_exit(Exit::engine);
    throw error;
  }
  seen.path = std::filesystem::absolute(source).string();
  return seen;
}

// That it follows the host's mounts is an error where they tell nobody of what changes, as docker has it.
void check_follows(const std::filesystem::path& source) {
  const Fd fd(::open(source.c_str(), O_PATH | O_CLOEXEC));
  const std::string about = read_file_of_proc(cat("/proc/self/fdinfo/", fd.get()));
  const auto at = about.find("mnt_id:");
  const std::string number =
      at == std::string::npos ? "" : about.substr(about.find_first_not_of(" \t", at + 7));
  const std::string id = cat("\n", number.substr(0, number.find('\n')), " ");
  const std::string mounts = "\n" + read_file_of_proc("/proc/self/mountinfo");
  const auto line = mounts.find(id);
  const auto end = mounts.find(" - ", line);  // proc(5): the fields before it tell of propagation
  if (line != std::string::npos && end != std::string::npos) {
    const std::string_view fields = std::string_view(mounts).substr(line, end - line);
    if (fields.find(" shared:") != std::string_view::npos ||
        fields.find(" master:") != std::string_view::npos)
      return;
  }
  Error error(
      cat("volume ", quote(source), " can't follow what is mounted on the host: it is on a private mount"),
      Exit::engine);
  error.set_hint("mount --make-shared of that mount, as root, changes it: see findmnt -o TARGET,PROPAGATION");
  throw error;
}

void set_source(PlannedMount& planned, Seen seen) {
  planned.source = std::move(seen.path);
  planned.device = seen.status.st_dev;
  planned.inode = seen.status.st_ino;
}

std::string octal(mode_t mode) {
  std::array<char, 12> digits{};
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), mode, 8).ptr;
  return {digits.data(), static_cast<std::size_t>(end - digits.data())};
}

std::vector<std::pair<std::string, std::string>> plan_options(const MemoryMount& mount) {
  std::vector<std::pair<std::string, std::string>> options = {{"mode", octal(mount.mode)}};
  if (mount.size != 0) options.emplace_back("size", cat(mount.size));
  if (mount.inodes != 0) options.emplace_back("nr_inodes", cat(mount.inodes));
  if (mount.uid != 0) options.emplace_back("uid", cat(mount.uid));
  if (mount.gid != 0) options.emplace_back("gid", cat(mount.gid));
  return options;
}

// One visitor for what a mount can be.
struct Planner {
  PlannedMount& planned;

  void operator()(const TreeMount& mount) const {
    planned.kind = PlannedMount::Kind::tree;
    planned.tree = plan_overlay(mount.tree);
    planned.source = mount.path;
    planned.attributes |= unsigned{MOUNT_ATTR_NODEV};
  }
  void operator()(const MemoryMount& mount) const {
    planned.kind = PlannedMount::Kind::memory;
    planned.options = plan_options(mount);
    planned.attributes |= unsigned{MOUNT_ATTR_NODEV} | (mount.executable ? 0U : unsigned{MOUNT_ATTR_NOEXEC});
  }
  void operator()(const SecretMount& mount) const {
    planned.kind = PlannedMount::Kind::secret;
    planned.content = mount.content;
    planned.mode = mount.mode;
    planned.uid = mount.uid;
    planned.gid = mount.gid;
    planned.attributes |= MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY;
  }
  void operator()(const DeviceMount& mount) const {
    Seen seen = look(mount.source, "device");
    if (!S_ISCHR(seen.status.st_mode) && !S_ISBLK(seen.status.st_mode))
      throw Error(cat(quote(mount.source), " is no device"), Exit::engine);
    set_source(planned, std::move(seen));
    planned.attributes |= unsigned{MOUNT_ATTR_NOEXEC};
  }
};

PlannedMount plan_volume(const Volume& volume) {
  PlannedMount planned{.target = normal_target(volume.target)};
  Seen seen = look(volume.source, "volume");
  if (volume.expected && *volume.expected != FileNumber{seen.status.st_dev, seen.status.st_ino})
    throw Error(cat("volume ", quote(volume.source), " was replaced meanwhile"), Exit::engine);
  set_source(planned, std::move(seen));
  planned.attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  if (volume.read_only == ReadOnly::all) planned.attributes |= unsigned{MOUNT_ATTR_RDONLY};
  if (volume.read_only == ReadOnly::top) planned.top_attributes = MOUNT_ATTR_RDONLY;
  planned.propagation = volume.propagation;
  planned.with_mounts_below = volume.with_mounts_below;
  if (volume.propagation == Propagation::follow) check_follows(volume.source);
  return planned;
}

PlannedMount plan_mount(const Mount& mount) {
  PlannedMount planned{.target = normal_target(mount.target)};
  planned.attributes = MOUNT_ATTR_NOSUID | (mount.read_only ? unsigned{MOUNT_ATTR_RDONLY} : 0U);
  std::visit(Planner{planned}, mount.what);
  return planned;
}

}  // namespace

std::vector<PlannedMount> plan_mounts(const std::vector<Volume>& volumes, const std::vector<Mount>& mounts) {
  if (volumes.size() + mounts.size() > max_mounts)
    throw Error(cat("more than ", max_mounts, " mounts"), Exit::engine);
  std::vector<PlannedMount> planned;
  planned.reserve(volumes.size() + mounts.size());
  for (const Volume& volume : volumes) planned.push_back(plan_volume(volume));
  for (const Mount& mount : mounts) planned.push_back(plan_mount(mount));
  std::ranges::stable_sort(planned, {},
                           [](const PlannedMount& mount) { return std::ranges::count(mount.target, '/'); });
  return planned;
}

}  // namespace husk::runtime
