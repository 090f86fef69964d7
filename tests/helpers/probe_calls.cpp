// The system calls that the default profile refuses.

#include "probe.hpp"

#include <linux/sched.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace probe {
namespace {

// Of both kinds of programs; each has those that its architecture knows. All arguments are -1, with which no
// call does harm if it is let through.
constexpr std::array refused = {
    // mounts
    "mount", "umount", "umount2", "pivot_root", "fsopen", "fsconfig", "fsmount", "fspick", "open_tree",
    "move_mount", "mount_setattr", "swapon", "swapoff", "quotactl", "quotactl_fd",
    // namespaces and other processes
    "unshare", "setns", "kcmp", "pidfd_getfd", "process_madvise", "clone3",
    // keys
    "keyctl", "add_key", "request_key",
    // large ways into the kernel
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
    "fanotify_init", "open_by_handle_at", "lookup_dcookie",
    // memory policies
    "mbind", "set_mempolicy", "get_mempolicy", "migrate_pages", "move_pages", "set_mempolicy_home_node",
    // the machine
    "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "create_module",
    "query_module", "get_kernel_syms", "reboot", "acct", "syslog", "settimeofday", "stime", "clock_settime",
    "clock_settime64", "sethostname", "setdomainname", "iopl", "ioperm", "vhangup", "vm86", "vm86old",
    // what is long gone
    "uselib", "ustat", "sysfs", "_sysctl", "nfsservctl", "getpmsg", "putpmsg", "afs_syscall", "tuxcall",
    "security", "vserver", "bdflush", "idle", "lock", "mpx", "prof", "profil", "break", "ftime", "gtty",
    "stty", "ulimit", "oldstat", "oldfstat", "oldlstat", "olduname", "oldolduname", "readdir", "nice",
    "sgetmask", "ssetmask", "socketcall"};

long call(long number) { return ::syscall(number, -1L, -1L, -1L, -1L, -1L, -1L); }

#ifdef __x86_64__
// With the numbers and the entry of 32-bit programs, which every x86-64 program has.
long call_old(int number, int first = -1, int second = -1, int third = -1) {
  int result = number;
  asm volatile("int $0x80"
               : "+a"(result)
               : "b"(first), "c"(second), "d"(third), "S"(-1), "D"(-1)
               : "memory", "r8", "r9", "r10", "r11");
  if (result >= 0 || result < -4095) return result;
  errno = -result;
  return -1;
}
#endif

}  // namespace

void report(const char* name, long result) {
  std::printf("%s: %s\n", name, result >= 0 ? "allowed" : ::strerrorname_np(errno));
}

void print_calls() {
  for (const char* const name : refused) {
    const int number = ::seccomp_syscall_resolve_name_arch(SCMP_ARCH_NATIVE, name);
    if (number >= 0) report(name, call(number));
  }
}

void print_old_calls() {
#ifdef __x86_64__
  for (const char* const name : refused) {
    const int number = ::seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86, name);
    if (number >= 0) report(name, call_old(number));
  }
  constexpr int socket_number = 359, clone_number = 120, ioctl_number = 54;
  report("socket AF_ALG", call_old(socket_number, AF_ALG, SOCK_SEQPACKET, 0));
  report("socket AF_VSOCK", call_old(socket_number, AF_VSOCK, SOCK_STREAM, 0));
  report("socket AF_UNIX", call_old(socket_number, AF_UNIX, SOCK_STREAM, 0));
  report("clone newuser", call_old(clone_number, CLONE_NEWUSER, 0, 0));
  report("ioctl TIOCSTI", call_old(ioctl_number, 0, TIOCSTI, 0));
  report("ioctl TIOCLINUX", call_old(ioctl_number, 0, TIOCLINUX, 0));
#endif
}

void print_edges() {
  constexpr long high = 0x100000000L;  // the kernel does not look at these bits
  report("ioctl TIOCSTI", ::ioctl(0, TIOCSTI, ""));
  report("ioctl TIOCSTI, high bits", ::syscall(SYS_ioctl, 0, high | TIOCSTI, ""));
  report("ioctl TIOCLINUX", ::ioctl(0, TIOCLINUX, ""));
  report("ioctl TIOCLINUX, high bits", ::syscall(SYS_ioctl, 0, high | TIOCLINUX, ""));
  report("socket AF_ALG", ::socket(AF_ALG, SOCK_SEQPACKET, 0));
  report("socket AF_ALG, high bits", ::syscall(SYS_socket, high | AF_ALG, SOCK_SEQPACKET, 0));
  report("socket AF_VSOCK", ::socket(AF_VSOCK, SOCK_STREAM, 0));
  report("socket AF_VSOCK, high bits", ::syscall(SYS_socket, high | AF_VSOCK, SOCK_STREAM, 0));
  report("socket AF_INET", ::socket(AF_INET, SOCK_STREAM, 0));
  report("socket AF_UNIX", ::socket(AF_UNIX, SOCK_STREAM, 0));
  report("socket AF_INET raw", ::socket(AF_INET, SOCK_RAW, 1));
  report("socket AF_PACKET raw", ::socket(AF_PACKET, SOCK_RAW, 0));
  struct {
    const char* name;
    long flag;
  } const spaces[] = {{"clone newns", CLONE_NEWNS},        {"clone newuts", CLONE_NEWUTS},
                      {"clone newipc", CLONE_NEWIPC},      {"clone newuser", CLONE_NEWUSER},
                      {"clone newpid", CLONE_NEWPID},      {"clone newnet", CLONE_NEWNET},
                      {"clone newcgroup", CLONE_NEWCGROUP}};
  for (const auto& space : spaces)
    report(space.name, ::syscall(SYS_clone, space.flag, nullptr, nullptr, nullptr, 0));
  report("personality ask", ::syscall(SYS_personality, 0xffffffffL));
  report("personality no randomisation", ::syscall(SYS_personality, long{ADDR_NO_RANDOMIZE}));
  report("personality another system", ::syscall(SYS_personality, long{PER_SVR4}));
  report("unknown 1000", ::syscall(1000));
  report("unknown -1", ::syscall(-1));
#ifdef __x86_64__
  constexpr long x32 = 0x40000000;
  report("x32 getpid", ::syscall(x32 | SYS_getpid));
  report("x32 ptrace", call(x32 | 521));
  report("x32 mount", call(x32 | SYS_mount));
#endif
  // What C libraries of today call first, and fall back from only if the answer is ENOSYS: never EPERM.
  for (const char* const name :
       {"fchmodat2", "faccessat2", "openat2", "close_range", "statx", "futex_waitv", "rseq", "epoll_pwait2",
        "cachestat", "futex_wait", "futex_wake", "map_shadow_stack"}) {
    const int number = ::seccomp_syscall_resolve_name_arch(SCMP_ARCH_NATIVE, name);
    const bool refused_it = number >= 0 && call(number) < 0 && errno == EPERM;
    std::printf("%s: %s\n", name, refused_it ? "EPERM" : "not refused");
  }
}

}  // namespace probe
