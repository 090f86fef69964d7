// Runs in a container and prints what it finds there, one fact a line, for comparison with what a container
// should be:
//
//     probe status     ids, groups, capabilities, filter, as /proc/self/status has them
//     probe fds        the open descriptors
//     probe mounts     target, type and options of every mount
//     probe calls      what system calls answer that the default profile refuses
//     probe writes     what answers to writing to files of /proc and /sys
//
// Static, so that an image needs nothing else.

#include <dirent.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace {

void print_status() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    for (const char* name : {"Uid:", "Gid:", "Groups:", "NoNewPrivs:", "Seccomp:", "CapInh:", "CapPrm:",
                             "CapEff:", "CapBnd:", "CapAmb:"}) {
      if (line.rfind(name, 0) == 0) std::printf("%s\n", line.c_str());
    }
  }
}

void print_fds() {
  DIR* const directory = ::opendir("/proc/self/fd");
  std::set<int> fds;
  while (const dirent* const entry = ::readdir(directory)) {
    if (entry->d_name[0] != '.' && std::stoi(entry->d_name) != ::dirfd(directory))
      fds.insert(std::stoi(entry->d_name));
  }
  for (const int fd : fds) std::printf("%d\n", fd);
}

void print_mounts() {
  std::ifstream file("/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string id, parent, device, root, target, options, word, type;
    words >> id >> parent >> device >> root >> target >> options;
    while (words >> word && word != "-") {
    }
    words >> type;
    std::printf("%s %s %s\n", target.c_str(), type.c_str(), options.c_str());
  }
}

void report(const char* name, long result) {
  std::printf("%s: %s\n", name, result >= 0 ? "allowed" : ::strerrorname_np(errno));
}

// Arguments that would do no harm if the call were let through.
void print_calls() {
  report("mount", ::syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, nullptr));
  report("umount2", ::syscall(SYS_umount2, "/nothing", 0));
  report("pivot_root", ::syscall(SYS_pivot_root, "/tmp", "/tmp"));
  report("fsopen", ::syscall(SYS_fsopen, "tmpfs", 0));
  report("open_tree", ::syscall(SYS_open_tree, -1, "/", 0));
  report("move_mount", ::syscall(SYS_move_mount, -1, "", -1, "", 0));
  report("mount_setattr", ::syscall(SYS_mount_setattr, -1, "", 0, nullptr, 0));
  report("unshare user", ::syscall(SYS_unshare, CLONE_NEWUSER));
  report("setns", ::syscall(SYS_setns, -1, 0));
  report("clone newuser", ::syscall(SYS_clone, CLONE_NEWUSER, nullptr, nullptr, nullptr, 0));
  report("clone3", ::syscall(SYS_clone3, nullptr, 0));
  report("keyctl", ::syscall(SYS_keyctl, 0, 0));
  report("add_key", ::syscall(SYS_add_key, "user", "x", "x", 1, -1));
  report("request_key", ::syscall(SYS_request_key, "user", "x", nullptr, 0));
  report("bpf", ::syscall(SYS_bpf, 0, nullptr, 0));
  report("perf_event_open", ::syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0));
  report("userfaultfd", ::syscall(SYS_userfaultfd, 0));
  report("io_uring_setup", ::syscall(SYS_io_uring_setup, 1, nullptr));
  report("kexec_load", ::syscall(SYS_kexec_load, 0, 0, nullptr, 0));
  report("init_module", ::syscall(SYS_init_module, nullptr, 0, ""));
  report("reboot", ::syscall(SYS_reboot, 0, 0, 0, nullptr));
  report("swapon", ::syscall(SYS_swapon, "/nothing", 0));
  report("acct", ::syscall(SYS_acct, "/nothing"));
  report("settimeofday", ::syscall(SYS_settimeofday, nullptr, nullptr));
  report("open_by_handle_at", ::syscall(SYS_open_by_handle_at, -1, nullptr, 0));
  report("ioctl TIOCSTI", ::ioctl(0, TIOCSTI, ""));
  report("ioctl TIOCSTI, high bits", ::syscall(SYS_ioctl, 0, 0x100000000L | TIOCSTI, ""));
  report("ioctl TIOCLINUX", ::ioctl(0, TIOCLINUX, ""));
  report("socket AF_ALG", ::socket(AF_ALG, SOCK_SEQPACKET, 0));
  report("socket AF_ALG, high bits", ::syscall(SYS_socket, 0x100000000L | AF_ALG, SOCK_SEQPACKET, 0));
  report("socket AF_VSOCK", ::socket(AF_VSOCK, SOCK_STREAM, 0));
  report("socket AF_INET", ::socket(AF_INET, SOCK_STREAM, 0));
  report("sethostname", ::syscall(SYS_sethostname, "x", 1));
  report("unknown 1000", ::syscall(1000));
#ifdef __x86_64__
  report("x32 getpid", ::syscall(0x40000000 | SYS_getpid));
#endif
}

void print_writes() {
  for (const char* path :
       {"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sysrq-trigger",
        "/proc/irq/default_smp_affinity", "/proc/sys/net/ipv4/ip_forward", "/sys/kernel/uevent_helper",
        "/sys/fs/cgroup/cgroup.procs", "/sys/kernel/mm/transparent_hugepage/enabled", "/sys/power/state",
        "/proc/sys/vm/drop_caches"}) {
    const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
    report(path, fd);
    if (fd >= 0) ::close(fd);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "status")
    print_status();
  else if (what == "fds")
    print_fds();
  else if (what == "mounts")
    print_mounts();
  else if (what == "calls")
    print_calls();
  else if (what == "writes")
    print_writes();
  else
    return 2;
  return std::fflush(stdout) == 0 ? 0 : 1;
}
