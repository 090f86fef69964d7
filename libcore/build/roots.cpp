#include "libcore/build/roots.hpp"

#include "libcore/base/error.hpp"
#include "libcore/runtime/overlay.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace husk::build {
namespace {

Fd mount(const runtime::OverlayPlan& plan) {
  Fd root(runtime::mount_overlay(plan));
  if (!root) {
    SysError error(errno, "mount the root file system");
    runtime::add_overlay_hint(error);
    throw error;
  }
  return root;
}

// The umask of the user is not that of the image, and a signal ends this process as it does any other.
void prepare_child() {
  restore_signals();
  ::umask(0);
}

}  // namespace

std::string in_roots(const Session& session, const std::vector<runtime::Rootfs>& file_systems,
                     const std::function<std::string(const std::vector<Fd>& roots)>& body) {
  std::vector<runtime::OverlayPlan> plans;
  plans.reserve(file_systems.size());
  for (const runtime::Rootfs& each : file_systems) plans.push_back(runtime::plan_overlay(each));
  return session.user_namespace.run([&] {
    prepare_child();
    std::vector<Fd> roots;
    roots.reserve(plans.size());
    for (const runtime::OverlayPlan& plan : plans) roots.push_back(mount(plan));
    if (::chdir("/") != 0) throw_errno("change to /");
    return body(roots);
  });
}

std::string in_root(const Session& session, const runtime::Rootfs& file_system,
                    const std::function<std::string(int root)>& body) {
  return in_roots(session, {file_system},
                  [&](const std::vector<Fd>& roots) { return body(roots.front().get()); });
}

}  // namespace husk::build
