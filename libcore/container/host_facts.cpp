#include "libcore/container/host_facts.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/run_program.hpp"
#include "libcore/runtime/control_group.hpp"
#include "libcore/runtime/rootfs.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/userns/run_in.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <array>
#include <charconv>
#include <functional>

namespace husk::container {
namespace {

// Empty if it can't be read.
std::string read_line(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return {};
  try {
    return std::string(trim_blanks(read_all(file.get(), 65536, path), " \n"));
  } catch (const SysError&) {
    return {};
  }
}

std::optional<int> read_setting(const std::string& name) {
  const std::string text = read_line("/proc/sys/" + name);
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} ? std::optional(value) : std::nullopt;
}

std::optional<Obstacle> try_out(const std::function<void()>& body) {
  try {
    body();
    return std::nullopt;
  } catch (const Error& error) {
    return Obstacle{error.what(), error.hint()};
  }
}

void run_nothing(userns::Choice choice) {
  (void)userns::run_in(userns::choose_map(choice), [] { return std::string(); });
}

// Writes a file where layers of the store are merged.
void merge_layers(const store::Store& store, userns::Choice choice) {
  const userns::IdMap map = userns::choose_map(choice);
  const store::Lease lease(store);
  const store::PendingLayer lower(lease, map);
  const store::PendingLayer upper(lease, map);
  const runtime::Rootfs rootfs{.lower = {lower.tree()}, .upper = upper.tree(), .work = upper.work()};
  (void)runtime::in_rootfs(map, rootfs, [](int root) {
    const Fd file(::openat(root, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    if (!file) throw_errno("write to the overlay");
    return std::string();
  });
}

void need_limits() {
  runtime::Resources resources;
  resources.memory = resources.cpu_time = resources.pids = 1;
  (void)runtime::find_delegation(resources);
}

std::string name_of_file_system(const store::Store& store) {
  struct Known {
    long magic;
    const char* name;
  };
  // statfs(2); XFS, btrfs and others whose numbers are not among the kernel's magic ones.
  constexpr std::array known = {
      Known{EXT4_SUPER_MAGIC, "ext4"},
      Known{0x58465342, "xfs"},
      Known{BTRFS_SUPER_MAGIC, "btrfs"},
      Known{TMPFS_MAGIC, "tmpfs"},
      Known{NFS_SUPER_MAGIC, "nfs"},
      Known{0x0bd00bd0, "lustre"},
      Known{0x2fc12fc1, "zfs"},
      Known{F2FS_SUPER_MAGIC, "f2fs"},
      Known{OVERLAYFS_SUPER_MAGIC, "overlay"},
      Known{FUSE_SUPER_MAGIC, "fuse"},
      Known{0x47504653, "gpfs"},
      Known{CEPH_SUPER_MAGIC, "ceph"},
  };
  struct statfs status {};
  if (::fstatfs(store.directory(), &status) != 0) throw_errno("look at the store's file system");
  for (const Known& each : known) {
    if (each.magic == status.f_type) return each.name;
  }
  return "unknown";
}

}  // namespace

HostFacts find_facts(const store::Store& store) {
  HostFacts facts;
  facts.user_namespaces = try_out([] { run_nothing(userns::Choice::single); });
  facts.subordinate_ids = try_out([] { run_nothing(userns::Choice::subordinate); });
  const auto choice = facts.subordinate_ids ? userns::Choice::single : userns::Choice::subordinate;
  facts.overlay = try_out([&] { merge_layers(store, choice); });
  facts.network_program = try_out([] { (void)run_program({.name = "pasta", .arguments = {"--version"}}); });
  facts.control_groups = try_out(need_limits);
  facts.file_system = name_of_file_system(store);
  facts.max_user_namespaces = read_setting("user/max_user_namespaces");
  facts.unprivileged_namespaces = read_setting("kernel/unprivileged_userns_clone");
  facts.apparmor_restricts = read_setting("kernel/apparmor_restrict_unprivileged_userns");
  facts.first_port = read_setting("net/ipv4/ip_unprivileged_port_start");
  facts.has_tunnel = static_cast<bool>(Fd(::open("/dev/net/tun", O_RDWR | O_CLOEXEC)));
  facts.has_filters = ::access("/proc/sys/kernel/seccomp/actions_avail", R_OK) == 0;
  facts.has_unified_groups = ::access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0;
  facts.has_systemd = ::access("/run/systemd/system", F_OK) == 0;
  return facts;
}

}  // namespace husk::container
