#include "libcore/build/mount_points.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/dockerfile/ignore_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <algorithm>
#include <optional>

namespace husk::build {
namespace {

struct Found {
  Fd directory;  // that it is in
  std::string name;
  struct stat status = {};
};

// What is at PATH ("etc/hosts") below DIR, without following anything. A path through a link is not there.
std::optional<Found> find(int dir, const std::string& path) {
  const auto slash = path.rfind('/');
  Found found{Fd(), path.substr(slash == std::string::npos ? 0 : slash + 1)};
  try {
    found.directory =
        open_beneath(dir, slash == std::string::npos ? "." : path.substr(0, slash), O_RDONLY | O_DIRECTORY);
  } catch (const SysError&) {
    return std::nullopt;
  }
  if (::fstatat(found.directory.get(), found.name.c_str(), &found.status, AT_SYMLINK_NOFOLLOW) != 0)
    return std::nullopt;
  return found;
}

bool is_whiteout(const struct stat& status) { return S_ISCHR(status.st_mode) && status.st_rdev == 0; }

// The image's own one: of the topmost layer that says something about it.
std::optional<Found> find_in_layers(const std::vector<int>& lower, const std::string& path) {
  for (const int layer : lower) {
    auto found = find(layer, path);
    if (!found) continue;
    if (is_whiteout(found->status)) return std::nullopt;
    return found;
  }
  return std::nullopt;
}

bool is_opaque(const Found& found) {
  const Fd fd(
      ::openat(found.directory.get(), found.name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  char value = 0;
  return fd && ::fgetxattr(fd.get(), "user.overlay.opaque", &value, 1) == 1 && value == 'y';
}

bool same_attributes(const struct stat& one, const struct stat& other) {
  return one.st_mode == other.st_mode && one.st_uid == other.st_uid && one.st_gid == other.st_gid;
}

void remove_if_made_for_mounts(int upper, const std::vector<int>& lower, const std::string& path) {
  const auto found = find(upper, path);
  if (!found) return;
  const auto below = find_in_layers(lower, path);
  if (S_ISDIR(found->status.st_mode)) {
    // One that the image has was only copied up, because of what was made in it.
    if (below && (!same_attributes(found->status, below->status) || is_opaque(*found))) return;
    (void)::unlinkat(found->directory.get(), found->name.c_str(),
                     AT_REMOVEDIR);  // stays if there is something in it
  } else if (!below && S_ISREG(found->status.st_mode) && found->status.st_size == 0) {
    (void)::unlinkat(found->directory.get(), found->name.c_str(), 0);
  }
}

}  // namespace

std::vector<std::string> mount_points(const std::vector<std::string>& volume_targets) {
  std::vector<std::string> points = {"/proc",      "/sys",         "/dev", "/etc/resolv.conf",
                                     "/etc/hosts", "/etc/hostname"};
  points.insert(points.end(), volume_targets.begin(), volume_targets.end());
  return points;
}

void remove_mount_points(int upper, const std::vector<int>& lower, const std::vector<std::string>& points) {
  for (const std::string& point : points) {
    std::string path = dockerfile::clean_path("/" + point).substr(1);
    while (!path.empty()) {
      remove_if_made_for_mounts(upper, lower, path);
      const auto slash = path.rfind('/');
      path.resize(slash == std::string::npos ? 0 : slash);
    }
  }
}

}  // namespace husk::build
