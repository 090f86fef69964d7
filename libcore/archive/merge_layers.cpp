#include "libcore/archive/merge_layers.hpp"

#include "libcore/archive/entry_path.hpp"
#include "libcore/archive/file_xattrs.hpp"
#include "libcore/archive/remove_tree.hpp"
#include "libcore/archive/tree.hpp"
#include "libcore/archive/xattr_policy.hpp"
#include "libcore/base/at.hpp"
#include "libcore/base/list_directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <optional>

namespace husk::archive {
namespace {

std::optional<struct stat> find(int dir, const std::string& name) {
  struct stat status {};
  if (::fstatat(dir, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
  if (errno != ENOENT) throw_errno("look at ", quote(name));
  return std::nullopt;
}

Fd open_directory(int dir, const std::string& name) {
  return open_beneath(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

// What one layer says of a path; nothing if the ones below it decide.
std::optional<Shown> look_up_in(int layer, std::string_view path) {
  Fd directory = open_directory(layer, ".");
  bool opaque = is_opaque(directory.get());
  for (;;) {
    const auto slash = path.find('/');
    const std::string name(path.substr(0, slash));
    const auto status = find(directory.get(), name);
    if (!status) return opaque ? std::optional(Shown::nothing) : std::nullopt;
    if (is_whiteout(*status)) return Shown::nothing;
    const bool is_directory = S_ISDIR(status->st_mode);
    if (slash == std::string_view::npos) return is_directory ? Shown::directory : Shown::other;
    if (!is_directory) return Shown::nothing;
    directory = open_directory(directory.get(), name);
    opaque = opaque || is_opaque(directory.get());
    path.remove_prefix(slash + 1);
  }
}

void clear(int dir) {
  for (const std::string& name : list_directory(dir)) remove_tree(dir, name);
}

// A directory above has its own attributes, and not those of the one below besides.
void forget_xattrs(int dir) {
  for (const Xattr& each : read_xattrs(dir)) (void)::fremovexattr(dir, each.name.c_str());
}

void make_way_for(int merged, int above, const std::string& name) {
  const auto there = find(merged, name);
  if (!there) return;
  const struct stat coming = *find(above, name);
  const bool was_directory = S_ISDIR(there->st_mode);
  if (!S_ISDIR(coming.st_mode)) {
    remove_tree(merged, name);
  } else if (was_directory) {
    const Fd below = open_directory(merged, name), from = open_directory(above, name);
    forget_xattrs(below.get());
    make_way(below.get(), from.get());
  } else if (!is_whiteout(*there)) {
    // As if it had been removed first: extract() makes the directory opaque then.
    remove_tree(merged, name);
    if (::mknodat(merged, name.c_str(), S_IFCHR, makedev(0, 0)) != 0) throw_errno("create whiteout");
  }
}

void drop_idle_marks_in(int dir, const std::string& path, const std::vector<int>& base) {
  for (const std::string& name : list_directory(dir)) {
    const struct stat status = *find(dir, name);
    const std::string below = path.empty() ? name : cat(path, "/", name);
    if (is_whiteout(status)) {
      if (look_up(base, below) == Shown::nothing && ::unlinkat(dir, name.c_str(), 0) != 0)
        throw_errno("remove ", quote(below));
    } else if (S_ISDIR(status.st_mode)) {
      const Fd directory = open_directory(dir, name);
      const bool hides = is_opaque(directory.get());
      if (hides && look_up(base, below) != Shown::directory &&
          ::fremovexattr(directory.get(), opaque_xattr) != 0)
        throw_errno("remove the mark of ", quote(below));
      // Nothing of the base can be seen below an opaque directory.
      drop_idle_marks_in(directory.get(), below, hides ? std::vector<int>() : base);
      const std::array<struct timespec, 2> times = {status.st_atim, status.st_mtim};
      if (::futimens(directory.get(), times.data()) != 0) throw_errno("set the time of ", quote(below));
    }
  }
}

}  // namespace

Shown look_up(const std::vector<int>& layers, const std::string& path) {
  for (const int layer : layers) {
    if (const auto shown = look_up_in(layer, path)) return *shown;
  }
  return Shown::nothing;
}

void make_way(int merged, int above) {
  if (is_opaque(above)) return clear(merged);
  for (const std::string& name : list_directory(above)) make_way_for(merged, above, name);
}

void drop_idle_marks(int merged, const std::vector<int>& base) { drop_idle_marks_in(merged, "", base); }

}  // namespace husk::archive
