#include "libcore/container/diff.hpp"

#include "libcore/archive/file_xattrs.hpp"
#include "libcore/archive/tree.hpp"
#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/list_directory.hpp"
#include "libcore/container/root.hpp"
#include "libcore/store/open_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include <cerrno>
#include <optional>

namespace husk::container {
namespace {

using Status = std::optional<struct stat>;

Status find_status(int directory, const std::string& name) {
  struct stat status {};
  if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
  if (errno != ENOENT) throw_errno("look at ", quote(name));
  return std::nullopt;
}

bool is_directory(const Status& status) { return status && S_ISDIR(status->st_mode); }

// Of a directory; files that lie in the upper one were opened to be written, whatever came of it.
bool has_other_attributes(const struct stat& a, const struct stat& b) {
  return a.st_mode != b.st_mode || a.st_uid != b.st_uid || a.st_gid != b.st_gid ||
         a.st_mtim.tv_sec != b.st_mtim.tv_sec || a.st_mtim.tv_nsec != b.st_mtim.tv_nsec;
}

// Runs as root of the container's user namespace. What it compares are an upper directory of overlayfs, to
// which a running container may write meanwhile, and the merged layers of the image.
class Comparison {
 public:
  // UPPER and BASE are the same directory; BASE is none where the image has no such directory.
  void run(int upper, int base, const std::string& path) {
    const bool hides_base = base >= 0 && archive::is_opaque(upper);
    std::vector<std::string> names = list_directory(upper);
    if (hides_base) {
      for (std::string& name : list_directory(base)) names.push_back(std::move(name));
      std::ranges::sort(names);
      names.erase(std::unique(names.begin(), names.end()), names.end());
    }
    for (const std::string& name : names) compare(upper, base, name, cat(path, "/", name));
  }

  std::string lines;

 private:
  void add(char kind, const std::string& path) {
    lines += cat(std::string(1, kind), " ", escape(path), "\n");
  }

  void compare(int upper, int base, const std::string& name, const std::string& path) {
    const Status above = find_status(upper, name);
    const Status below = base < 0 ? std::nullopt : find_status(base, name);
    if (!above || archive::is_whiteout(*above)) {
      if (below) add('D', path);
      return;
    }
    // How fuse-overlayfs says it where it may not make such devices.
    if (constexpr std::string_view mark = ".wh."; name.starts_with(mark)) {
      const std::string removed = name.substr(mark.size());
      if (base >= 0 && find_status(base, removed))
        add('D', path.substr(0, path.size() - name.size()) + removed);
      return;
    }
    const std::size_t before = lines.size();
    add(below ? 'C' : 'A', path);
    if (!is_directory(above)) return;
    const std::size_t own = lines.size();
    enter(upper, is_directory(below) ? base : -1, name, path);
    const bool is_same = is_directory(below) && lines.size() == own && !has_other_attributes(*above, *below);
    if (is_same) lines.resize(before);
  }

  void enter(int upper, int base, const std::string& name, const std::string& path) {
    constexpr int flags = O_RDONLY | O_DIRECTORY;
    const Fd inner_base = base < 0 ? Fd() : open_beneath(base, name, flags);
    run(open_beneath(upper, name, flags).get(), inner_base.get(), path);
  }
};

}  // namespace

void write_changes(const store::Store& store, const store::Container& container, int out) {
  const store::ContainerConfig& config = container.config();
  runtime::Rootfs image;
  image.lower = lower_directories(store, config.map, config.diff_ids);
  (void)runtime::in_rootfs(map_of(config.map), image, [&](int base) {
    Comparison comparison;
    comparison.run(store::open_tree(container.upper()).get(), base, "");
    write_all(out, comparison.lines, "standard output");
    return std::string();
  });
}

}  // namespace husk::container
