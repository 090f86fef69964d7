#include "libcore/build/roots.hpp"

#include "libcore/base/error.hpp"
#include "libcore/runtime/overlay.hpp"
#include "libcore/userns/run_in.hpp"

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

std::string in_roots(const Session& session, const runtime::Rootfs& image,
                     const std::optional<runtime::Rootfs>& source,
                     const std::function<std::string(int image, int source)>& body) {
  const runtime::OverlayPlan plan = runtime::plan_overlay(image);
  const runtime::OverlayPlan source_plan = source ? runtime::plan_overlay(*source) : runtime::OverlayPlan{};
  return userns::run_in(session.map, [&] {
    prepare_child();
    const Fd root = mount(plan);
    const Fd from = source ? mount(source_plan) : Fd();
    if (::chdir("/") != 0) throw_errno("change to /");
    return body(root.get(), from.get());
  });
}

std::string in_source(const Session& session, const runtime::Rootfs& source,
                      const std::function<std::string(int source)>& body) {
  const runtime::OverlayPlan plan = runtime::plan_overlay(source);
  return userns::run_in(session.map, [&] {
    prepare_child();
    const Fd root = mount(plan);
    if (::chdir("/") != 0) throw_errno("change to /");
    return body(root.get());
  });
}

}  // namespace husk::build
