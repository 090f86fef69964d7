// What is visible, and what can be changed, of /proc, /sys and /dev.

#include "probe.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <set>
#include <string>

namespace probe {
namespace {

// By errno alone a file that isn't there says nothing: kernels differ in what they have.
void report_file(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT) return std::printf("%s: refused\n", path.c_str()), void();
  const bool closed = fd < 0 && (errno == EACCES || errno == EROFS || errno == EPERM || errno == EISDIR);
  std::printf("%s: %s\n", path.c_str(), closed ? "refused" : fd >= 0 ? "allowed" : ::strerrorname_np(errno));
  if (fd >= 0) ::close(fd);
}

std::set<std::string> names_in(const char* path) {
  std::set<std::string> names;
  DIR* const directory = ::opendir(path);
  if (directory == nullptr) return names;
  while (const dirent* const entry = ::readdir(directory)) {
    if (entry->d_name[0] != '.') names.insert(entry->d_name);
  }
  ::closedir(directory);
  return names;
}

const char* kind_of(mode_t mode) {
  return S_ISCHR(mode)   ? "character device"
         : S_ISBLK(mode) ? "block device"
         : S_ISDIR(mode) ? "directory"
         : S_ISLNK(mode) ? "link"
                         : "file";
}

}  // namespace

void print_writes() {
  for (const char* const path : {"/proc/sys/kernel/core_pattern",
                                 "/proc/sys/kernel/hostname",
                                 "/proc/sys/kernel/domainname",
                                 "/proc/sys/kernel/modprobe",
                                 "/proc/sys/kernel/panic",
                                 "/proc/sys/kernel/sysrq",
                                 "/proc/sys/kernel/ns_last_pid",
                                 "/proc/sys/kernel/randomize_va_space",
                                 "/proc/sys/kernel/kptr_restrict",
                                 "/proc/sys/kernel/dmesg_restrict",
                                 "/proc/sys/kernel/unprivileged_bpf_disabled",
                                 "/proc/sys/kernel/yama/ptrace_scope",
                                 "/proc/sys/kernel/shmmax",
                                 "/proc/sys/kernel/msgmax",
                                 "/proc/sys/kernel/sem",
                                 "/proc/sys/kernel/pid_max",
                                 "/proc/sys/kernel/threads-max",
                                 "/proc/sys/vm/drop_caches",
                                 "/proc/sys/vm/overcommit_memory",
                                 "/proc/sys/vm/panic_on_oom",
                                 "/proc/sys/vm/swappiness",
                                 "/proc/sys/vm/compact_memory",
                                 "/proc/sys/fs/file-max",
                                 "/proc/sys/fs/binfmt_misc/register",
                                 "/proc/sys/fs/protected_symlinks",
                                 "/proc/sys/fs/suid_dumpable",
                                 "/proc/sys/fs/mqueue/msg_max",
                                 "/proc/sys/net/ipv4/ip_forward",
                                 "/proc/sys/net/ipv4/ping_group_range",
                                 "/proc/sys/net/core/somaxconn",
                                 "/proc/sys/net/ipv6/conf/all/forwarding",
                                 "/proc/sys/user/max_user_namespaces",
                                 "/proc/sys/dev/cdrom/autoclose",
                                 "/proc/sysrq-trigger",
                                 "/proc/irq/default_smp_affinity",
                                 "/proc/bus/pci/devices",
                                 "/proc/fs/ext4",
                                 "/proc/asound/cards",
                                 "/proc/mtrr",
                                 "/proc/acpi/wakeup",
                                 "/proc/scsi/scsi",
                                 "/sys/kernel/uevent_helper",
                                 "/sys/kernel/mm/transparent_hugepage/enabled",
                                 "/sys/kernel/debug/sched/features",
                                 "/sys/kernel/security/apparmor/.load",
                                 "/sys/kernel/kexec_crash_size",
                                 "/sys/power/state",
                                 "/sys/power/disk",
                                 "/sys/fs/cgroup/cgroup.procs",
                                 "/sys/fs/cgroup/release_agent",
                                 "/sys/fs/cgroup/memory/cgroup.procs",
                                 "/sys/fs/cgroup/unified/cgroup.procs",
                                 "/sys/fs/selinux/enforce",
                                 "/sys/firmware/efi/vars",
                                 "/sys/module/nf_conntrack/parameters/hashsize",
                                 "/sys/block/vda/queue/scheduler",
                                 "/sys/class/net/lo/ifalias",
                                 "/sys/devices/system/cpu/cpu1/online",
                                 "/sys/bus/pci/rescan",
                                 "/sys/hypervisor/type"}) {
    report_file(path, O_WRONLY);
  }
  // Nor is there a place for something new.
  for (const char* const path :
       {"/proc/new", "/proc/sys/new", "/sys/new", "/sys/fs/cgroup/new", "/proc/self/new"}) {
    std::printf("make %s: %s\n", path, ::mkdir(path, 0700) == 0 ? "allowed" : "refused");
  }
}

void print_hidden() {
  std::array<char, 64> content;
  for (const char* const path : {"/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
                                 "/proc/timer_stats", "/proc/sched_debug", "/proc/interrupts"}) {
    const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t size = fd < 0 ? 0 : ::read(fd, content.data(), content.size());
    std::printf("%s: %s\n", path, size > 0 ? "visible" : "hidden");
    if (fd >= 0) ::close(fd);
  }
  for (const char* const path :
       {"/proc/acpi", "/proc/scsi", "/proc/asound", "/sys/firmware", "/sys/fs/selinux",
        "/sys/devices/virtual/powercap", "/sys/kernel/debug", "/sys/kernel/tracing"}) {
    std::printf("%s: %s\n", path, names_in(path).empty() ? "hidden" : "visible");
  }
}

void print_devices() {
  for (const std::string& name : names_in("/dev")) {
    const std::string path = "/dev/" + name;
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) continue;
    std::printf("%s: %s", path.c_str(), kind_of(status.st_mode));
    if (S_ISCHR(status.st_mode)) std::printf(" %u:%u", ::major(status.st_rdev), ::minor(status.st_rdev));
    std::printf("\n");
  }
  const auto make = [](const char* name, mode_t mode, dev_t device) {
    report(name, ::mknod("/tmp/probe-node", mode | 0666, device));
    (void)::unlink("/tmp/probe-node");
  };
  make("mknod null", S_IFCHR, ::makedev(1, 3));
  make("mknod mem", S_IFCHR, ::makedev(1, 1));
  make("mknod kmsg", S_IFCHR, ::makedev(1, 11));
  make("mknod fuse", S_IFCHR, ::makedev(10, 229));
  make("mknod sda", S_IFBLK, ::makedev(8, 0));
  make("mknod loop0", S_IFBLK, ::makedev(7, 0));
  make("mknod fifo", S_IFIFO, 0);
  for (const char* const path :
       {"/dev/mem", "/dev/kmsg", "/dev/port", "/dev/sda", "/dev/vda", "/dev/loop-control", "/dev/fuse",
        "/dev/net/tun", "/dev/kvm", "/dev/vsock", "/dev/input", "/dev/console"}) {
    report_file(path, O_RDWR);
  }
}

}  // namespace probe
