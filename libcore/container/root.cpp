#include "libcore/container/root.hpp"

#include "libcore/base/error.hpp"
#include "libcore/store/layers.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

namespace husk::container {
namespace {

bool has_ended(int pidfd) {
  pollfd wait{pidfd, POLLIN, 0};
  return ::poll(&wait, 1, 0) != 0;
}

// In the half's own process. From setns() on it is root among the container's ids, with all capabilities over
// what is the container's and none over anything else. Its root and working directory stay those of the host;
// it looks nothing up in them.
std::string with_running_root(int pidfd, pid_t pid, const std::function<std::string(int root)>& body) {
  if (::setns(pidfd, CLONE_NEWUSER) != 0) throw_errno("enter the user namespace of the container");
  const Fd root(::open(cat("/proc/", pid, "/root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const int code = errno;
  // The number may belong to another process by now: what was opened is the container's only if it still
  // runs.
  if (has_ended(pidfd)) throw Error("the container ended meanwhile");
  if (!root) throw SysError(code, "open the root directory of the container");
  return body(root.get());
}

}  // namespace

userns::IdMap map_of(userns::MapKind kind) {
  return userns::choose_map(kind == userns::MapKind::single ? userns::Choice::single
                                                            : userns::Choice::subordinate);
}

std::vector<std::filesystem::path> lower_directories(const store::Store& store, userns::MapKind map,
                                                     const std::vector<oci::Digest>& diff_ids) {
  std::vector<std::filesystem::path> lower;
  for (auto id = diff_ids.rbegin(); id != diff_ids.rend(); ++id) {
    const auto tree = store::find_layer(store, map, *id);
    if (!tree) {
      Error error(cat("layer ", id->str(), " is missing"));
      error.set_hint("husk-fsck says what else is");
      throw error;
    }
    lower.push_back(*tree);
  }
  return lower;
}

std::string with_root(const store::Store& store, const store::Container& container, Access access,
                      const std::function<std::string(int root)>& body) {
  if (const auto pidfd = store::open_running(container))
    return with_running_root(pidfd->get(), store::read_state(container).pid, body);
  const store::ContainerConfig& config = container.config();
  runtime::Rootfs rootfs;
  rootfs.lower = lower_directories(store, config.map, config.diff_ids);
  if (access == Access::read) {
    // As one more lower layer: a container that is started meanwhile may have it as its upper one.
    rootfs.lower.insert(rootfs.lower.begin(), container.upper());
  } else {
    rootfs.upper = container.upper();
    rootfs.work = container.work();
  }
  return runtime::in_rootfs(map_of(config.map), rootfs, body);
}

}  // namespace husk::container
