#include "libcore/runtime/overlay.hpp"

#include "libcore/base/fd.hpp"
#include "libcore/base/text.hpp"
#include "libcore/runtime/kernel_mount.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>

namespace husk::runtime {
namespace {

std::filesystem::path common_parent(const std::filesystem::path& one, const std::filesystem::path& two) {
  std::filesystem::path common;
  auto left = one.begin();
  auto right = two.begin();
  while (left != one.end() && right != two.end() && *left == *right) {
    common /= *left++;
    ++right;
  }
  return common;
}

// A layer can hide all below it ("/.wh..wh..opq"); overlayfs does not look for the mark in the top
// directories that it merges.
bool hides_what_is_below(const std::filesystem::path& layer) {
  char value = 0;
  return ::lgetxattr(layer.c_str(), "user.overlay.opaque", &value, 1) == 1 && value == 'y';
}

int fail_and_close(int fd) noexcept {
  const int saved = errno;
  ::close(fd);
  errno = saved;
  return -1;
}

// overlayfs wants an upper directory or two lower ones: anything less is a bind mount.
int mount_directory(const OverlayPlan& plan) noexcept {
  const bool writable = !plan.upper.empty();
  const int mount = clone_mount(AT_FDCWD, writable ? plan.upper.c_str() : plan.lower.front().c_str(), 0);
  if (mount < 0) return -1;
  const std::uint64_t attributes = MOUNT_ATTR_NODEV | (writable ? 0U : unsigned{MOUNT_ATTR_RDONLY});
  return set_mount_attributes(mount, attributes, 0) == 0 ? mount : fail_and_close(mount);
}

int mount_by_fsconfig(const OverlayPlan& plan, const char* lowest) noexcept {
  const int fs = ::fsopen("overlay", FSOPEN_CLOEXEC);
  if (fs < 0) return -1;
  const auto set = [fs](const char* name, const char* value) {
    return ::fsconfig(fs, FSCONFIG_SET_STRING, name, value, 0) == 0;
  };
  bool fine = ::fsconfig(fs, FSCONFIG_SET_FLAG, "userxattr", nullptr, 0) == 0;
  for (const std::string& name : plan.lower) fine = fine && set("lowerdir+", name.c_str());
  if (lowest != nullptr) fine = fine && set("lowerdir+", lowest);
  if (!plan.upper.empty())
    fine = fine && set("upperdir", plan.upper.c_str()) && set("workdir", plan.work.c_str());
  if (plan.is_volatile) fine = fine && ::fsconfig(fs, FSCONFIG_SET_FLAG, "volatile", nullptr, 0) == 0;
  if (!fine || ::fsconfig(fs, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) return fail_and_close(fs);
  const int mount = ::fsmount(fs, FSMOUNT_CLOEXEC, plan.upper.empty() ? unsigned{MOUNT_ATTR_RDONLY} : 0U);
  if (mount < 0) return fail_and_close(fs);
  ::close(fs);
  return mount;
}

bool make_links(const OverlayPlan& plan, const char* lowest, int directory) noexcept {
  char name[12] = {};
  std::size_t number = 0;
  for (const std::string& path : plan.lower_paths) {
    *std::to_chars(name, name + sizeof name - 1, number++).ptr = '\0';
    if (::symlinkat(path.c_str(), directory, name) != 0) return false;
  }
  if (!plan.upper.empty() && (::symlinkat(plan.upper_path.c_str(), directory, "u") != 0 ||
                              ::symlinkat(plan.work_path.c_str(), directory, "w") != 0)) {
    return false;
  }
  if (lowest != nullptr && ::symlinkat(lowest, directory, "l") != 0) return false;
  return ::mkdirat(directory, "m", 0700) == 0 && ::fchdir(directory) == 0;
}

}  // namespace

OverlayPlan plan_overlay(const Rootfs& rootfs) {
  OverlayPlan plan;
  std::vector<std::filesystem::path> all = rootfs.lower;
  if (!rootfs.upper.empty()) all.push_back(rootfs.upper);
  if (!rootfs.work.empty()) all.push_back(rootfs.work);
  std::filesystem::path common = all.empty() ? "/" : all.front().parent_path();
  for (const auto& path : all) common = common_parent(common, path);
  const auto relative = [&](const std::filesystem::path& path) {
    return path.empty() ? std::string{} : path.lexically_relative(common).string();
  };

  plan.directory = common.string();
  plan.upper = relative(rootfs.upper);
  plan.work = relative(rootfs.work);
  plan.mark = std::filesystem::path(plan.work) / "work" / "incompat" / "volatile";
  plan.mark_file = plan.mark + "/dirty";
  plan.is_volatile = !plan.upper.empty() && rootfs.written_to == WrittenTo::memory;
  plan.upper_path = rootfs.upper.string();
  plan.work_path = rootfs.work.string();
  std::string names;
  for (const auto& path : rootfs.lower) {
    // The same layer twice, which overlayfs refuses (ELOOP): what the lower one has or hides, the upper one
    // does.
    if (std::ranges::find(plan.lower_paths, path.string()) != plan.lower_paths.end()) continue;
    names += cat(plan.lower.empty() ? "" : ":", plan.lower.size());
    plan.lower.push_back(relative(path));
    plan.lower_paths.push_back(path.string());
    if (hides_what_is_below(path)) break;
  }
  const std::string upper =
      plan.upper.empty() ? "" : cat(",upperdir=u,workdir=w", plan.is_volatile ? ",volatile" : "");
  plan.link_options = cat("userxattr,lowerdir=", names, upper);
  plan.link_options_with_lowest = cat("userxattr,lowerdir=", names, names.empty() ? "l" : ":l", upper);
  return plan;
}

void remove_volatile_mark(const OverlayPlan& plan) {
  const Fd directory(::open(plan.directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const std::filesystem::path mark = plan.mark;
  const std::filesystem::path kind = mark.parent_path();
  if (!directory) return;
  // The kernel makes its directories without a right for anybody.
  for (const std::filesystem::path& kernels : {kind.parent_path(), kind, mark}) {
    if (::fchmodat(directory.get(), kernels.c_str(), 0700, 0) != 0) return;
  }
  (void)::unlinkat(directory.get(), plan.mark_file.c_str(), 0);
  (void)::unlinkat(directory.get(), mark.c_str(), AT_REMOVEDIR);
  (void)::unlinkat(directory.get(), kind.c_str(), AT_REMOVEDIR);
}

int mount_overlay_by_links(const OverlayPlan& plan, const char* lowest) noexcept {
  const int links = make_mount("tmpfs", 0);
  if (links < 0) return -1;
  if (::move_mount(links, "", AT_FDCWD, spare_directory, MOVE_MOUNT_F_EMPTY_PATH) != 0)
    return fail_and_close(links);
  int mount = -1;
  const unsigned long flags = plan.upper.empty() ? unsigned{MS_RDONLY} : 0U;
  const std::string& options = lowest == nullptr ? plan.link_options : plan.link_options_with_lowest;
  if (make_links(plan, lowest, links) && ::mount("overlay", "m", "overlay", flags, options.c_str()) == 0) {
    mount = clone_mount(AT_FDCWD, "/sys/m", 0);
  }
  const int saved = errno;
  (void)!::chdir(plan.directory.c_str());
  (void)::umount2(spare_directory, MNT_DETACH);
  ::close(links);
  errno = saved;
  return mount;
}

int mount_overlay(const OverlayPlan& plan, const char* lowest) noexcept {
  if (::chdir(plan.directory.c_str()) != 0) return -1;
  const std::size_t directories =
      plan.lower.size() + (plan.upper.empty() ? 0 : 1) + (lowest == nullptr ? 0 : 1);
  if (directories < 2) return mount_directory(plan);
  // Of a step that failed, or of a container whose husk-run was killed: somebody wants to see what is left of
  // it.
  if (!plan.upper.empty()) {
    (void)::unlinkat(AT_FDCWD, plan.mark_file.c_str(), 0);
    (void)::unlinkat(AT_FDCWD, plan.mark.c_str(), AT_REMOVEDIR);
  }
  const int mount = mount_by_fsconfig(plan, lowest);
  // EINVAL: also what a kernel says that does not know "lowerdir+".
  if (mount >= 0 || errno != EINVAL) return mount;
  return mount_overlay_by_links(plan, lowest);
}

}  // namespace husk::runtime
