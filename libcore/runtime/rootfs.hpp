#pragma once

#include "libcore/base/error.hpp"
#include "libcore/userns/id_map.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace husk::runtime {

/// The root file system of a container or of a build step: directories of the store, merged by overlayfs in a
/// mount namespace of the container's own (kernel overlayfs with userxattr, else a clear error).
/// disk: what was written is on disk when the last process is gone, which takes as long as the disk needs.
/// memory: that is left to the kernel, for what is thrown away anyway, or looked at after a reboot before it
/// is relied on, as layers are.
enum class WrittenTo : std::uint8_t { disk, memory };

struct Rootfs {
  std::vector<std::filesystem::path> lower;  // topmost first; may be empty
  std::filesystem::path upper;               // empty: read-only
  std::filesystem::path work;                // beside upper, on the same file system
  WrittenTo written_to = WrittenTo::disk;
};

/// Runs BODY as root of a user namespace with MAP where ROOTFS is mounted; its argument is a descriptor of
/// the root. The process keeps its own root directory: nothing of the image is executed, loaded or looked up
/// by path. What BODY returns is returned; an Error that leaves it is thrown here. All that was mounted is
/// gone afterwards. See userns::run_in().
std::string in_rootfs(const userns::IdMap& map, const Rootfs& rootfs,
                      const std::function<std::string(int root)>& body);

/// Gives the failure to mount an overlay a hint that says what the user can do.
void add_overlay_hint(SysError& error);

}  // namespace husk::runtime
