#include "libcore/runtime/rootfs.hpp"

#include "libcore/base/error.hpp"
#include "libcore/runtime/overlay.hpp"
#include "libcore/userns/run_in.hpp"

#include <unistd.h>

namespace husk::runtime {

void add_overlay_hint(SysError& error) {
  switch (error.code()) {
    case EINVAL:
      error.set_hint(
          "is the store on a file system that overlayfs can't write to (NFS, Lustre, another overlay)? "
          "HUSK_ROOT can name a directory on a local disk or a tmpfs");
      break;
    case ELOOP:
      error.set_hint(
          "is the store in the directory that is to be mounted? HUSK_ROOT can name another place for it");
      break;
    case ENODEV:
    case EPERM: error.set_hint("this needs Linux 5.11 with overlayfs, allowed in user namespaces"); break;
    default: break;
  }
}

std::string in_rootfs(const userns::IdMap& map, const Rootfs& rootfs,
                      const std::function<std::string(int root)>& body) {
  const OverlayPlan plan = plan_overlay(rootfs);
  return userns::run_in(map, [&] {
    const Fd root(mount_overlay(plan));
    if (!root) {
      SysError error(errno, "mount the root file system");
      add_overlay_hint(error);
      throw error;
    }
    // Away from the store: BODY gets the root as a descriptor, and nothing by way of the working directory.
    if (::chdir("/") != 0) throw_errno("change to /");
    return body(root.get());
  });
}

}  // namespace husk::runtime
