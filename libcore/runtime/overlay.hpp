#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/runtime/rootfs.hpp"

#include <string>
#include <vector>

namespace husk::runtime {

/// What is mounted as a root file system, as data: made before clone(2), so that the child needs no memory.
struct OverlayPlan {
  std::string directory;           // all names below are relative to it: the kernel takes 255 bytes a name
  std::vector<std::string> lower;  // topmost first
  std::string upper;
  std::string work;
  std::string
      mark;  // the directory that the option "volatile" leaves in work, which can't be mounted again with it
  std::string mark_file;  // in it
  bool is_volatile = false;
  // Absolute again, for kernels before 6.5; see mount_overlay_by_links().
  std::vector<std::string> lower_paths;
  std::string upper_path;
  std::string work_path;
  std::string link_options;              // for mount(2)
  std::string link_options_with_lowest;  // the same with one more, "l"
};

OverlayPlan plan_overlay(const Rootfs& rootfs);

/// A directory of every host that hides nothing that an overlay could need, to put mounts on for a moment.
inline constexpr const char* spare_directory = "/sys";

/// Mounts it in the mount namespace of the calling process, which must be root of the user namespace that
/// owns it. LOWEST, a path that need not be one of the store, is put below all layers; nothing if it is null.
/// Returns an O_CLOEXEC descriptor of the detached mount, or -1 and errno. Changes the working directory.
/// Allocates nothing.
int mount_overlay(const OverlayPlan& plan, const char* lowest = nullptr) noexcept;

/// Takes that mark away while the overlay is mounted, when the kernel does not look at it any more: the end
/// of the container has less to remove. Not by the first process: it would keep the container waiting. A mark
/// that stays does no harm.
void remove_volatile_mark(const OverlayPlan& plan);

/// The same by mount(2), for kernels whose overlayfs has no "lowerdir+" (before 6.5): one page has to hold
/// all names, so they are links with short names in a tmpfs. Tried by mount_overlay() itself.
int mount_overlay_by_links(const OverlayPlan& plan, const char* lowest = nullptr) noexcept;

}  // namespace husk::runtime
