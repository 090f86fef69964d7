// A program of the build: prints the system-call filters of the default profile as C++ data. Built in by
// runtime/seccomp.cpp, so that no start of a container pays for building them (libseccomp takes 2 ms) and
// husk-run needs no libseccomp.
//
// The profile is that of the OCI world (docker's, as of 2026): what is not allowed gives EPERM. Beyond it:
//  - system calls that nobody here has heard of give ENOSYS, so that programs fall back to older ones;
//  - clone3 gives ENOSYS: its flags are behind a pointer, where no filter can see CLONE_NEWUSER;
//  - socketcall gives ENOSYS: likewise it would hide the address family on 32-bit x86;
//  - AF_ALG and AF_VSOCK sockets, TIOCSTI and TIOCLINUX are refused, whatever the upper half of the register
//  holds:
//    the kernel looks at 32 bits, so the comparison must (CVE-2019-10063);
//  - the x32 ABI is not in the filter, so libseccomp refuses it.

#include "libcore/runtime/seccomp_ranges.hpp"

#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <linux/filter.h>
#include <linux/sched.h>

namespace {

using namespace husk::runtime;

constexpr std::string_view allowed =
    // files
    "access cachestat chdir chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3 "
    "faccessat "
    "faccessat2 "
    "fadvise64 fadvise64_64 arm_fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown "
    "fchown32 "
    "fchownat "
    "fcntl fcntl64 fdatasync fgetxattr flistxattr flock fremovexattr fsetxattr fstat fstat64 fstatat64 "
    "fstatfs "
    "fstatfs64 fsync ftruncate ftruncate64 futimesat getcwd getdents getdents64 getxattr getxattrat "
    "inotify_add_watch "
    "inotify_init inotify_init1 inotify_rm_watch ioctl lchown lchown32 lgetxattr link linkat listmount "
    "listxattr listxattrat "
    "llistxattr "
    "_llseek lremovexattr lseek lsetxattr lstat lstat64 memfd_create memfd_secret mkdir mkdirat mknod "
    "mknodat "
    "name_to_handle_at newfstatat open openat openat2 pipe pipe2 pread64 preadv preadv2 pwrite64 pwritev "
    "pwritev2 "
    "read readahead readlink readlinkat readv removexattr removexattrat rename renameat renameat2 rmdir "
    "sendfile "
    "sendfile64 "
    "setxattr setxattrat splice stat stat64 statfs statfs64 statmount statx symlink symlinkat sync "
    "sync_file_range "
    "sync_file_range2 "
    "arm_sync_file_range syncfs tee truncate truncate64 umask unlink unlinkat utime utimensat "
    "utimensat_time64 "
    "utimes vmsplice write writev chroot "
    // waiting for files, asynchronous access
    "epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old "
    "eventfd "
    "eventfd2 io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit "
    "_newselect poll "
    "ppoll ppoll_time64 pselect6 pselect6_time64 select signalfd signalfd4 timerfd_create timerfd_gettime "
    "timerfd_gettime64 timerfd_settime timerfd_settime64 "
    // memory
    "brk madvise map_shadow_stack membarrier mincore mlock mlock2 mlockall mmap mmap2 mprotect mremap mseal "
    "msync munlock "
    "munlockall munmap "
    "pkey_alloc pkey_free pkey_mprotect process_mrelease process_vm_readv process_vm_writev remap_file_pages "
    // processes
    "arch_prctl capget capset execve execveat exit exit_group fork getegid getegid32 geteuid geteuid32 "
    "getgid "
    "getgid32 getgroups getgroups32 getpgid getpgrp getpid getppid getpriority getresgid getresgid32 "
    "getresuid "
    "getresuid32 getrlimit getrusage getsid gettid getuid getuid32 ioprio_get ioprio_set kill "
    "landlock_add_rule "
    "landlock_create_ruleset landlock_restrict_self modify_ldt pause pidfd_open pidfd_send_signal prctl "
    "prlimit64 "
    "ptrace rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend "
    "rt_sigtimedwait "
    "rt_sigtimedwait_time64 rt_tgsigqueueinfo seccomp setfsgid setfsgid32 setfsuid setfsuid32 setgid "
    "setgid32 "
    "setgroups setgroups32 setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid "
    "setresuid32 "
    "setreuid setreuid32 setrlimit setsid setuid setuid32 sigaction sigaltstack signal sigpending "
    "sigprocmask "
    "sigreturn sigsuspend tgkill tkill ugetrlimit vfork wait4 waitid waitpid set_tls breakpoint cacheflush "
    "uretprobe "
    // threads and scheduling
    "futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake get_robust_list get_thread_area "
    "getcpu restart_syscall rseq "
    "sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam "
    "sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr "
    "sched_setparam sched_setscheduler sched_yield set_robust_list set_thread_area set_tid_address "
    // time
    "adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime "
    "clock_gettime64 "
    "clock_nanosleep clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time timer_create "
    "timer_delete "
    "timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 times "
    // sockets
    "accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg "
    "recvmmsg_time64 "
    "recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socket socketpair "
    // System V and POSIX queues, semaphores, shared memory
    "ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend "
    "mq_timedsend_time64 "
    "mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl "
    "shmdt shmget "
    // the system
    "getrandom sysinfo uname";

// What the OCI world's profile allows with certain capabilities only. Each of these calls asks for a
// capability itself; without one it is only something to attack.
constexpr std::string_view for_more =
    "acct bpf clock_settime clock_settime64 delete_module finit_module get_mempolicy init_module ioperm iopl "
    "kcmp mbind open_by_handle_at perf_event_open pidfd_getfd process_madvise reboot set_mempolicy "
    "set_mempolicy_home_node settimeofday stime syslog vhangup";
constexpr std::string_view for_admin =
    "fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr lsm_list_modules "
    "lsm_set_self_attr mount mount_setattr move_mount open_tree "
    "quotactl quotactl_fd setdomainname sethostname setns umount umount2 unshare";

// personality(2) may choose Linux, with or without the 32-bit address layout and old uname releases, or only
// ask.
constexpr std::uint64_t personalities[] = {0x0, 0x8, 0x20000, 0x20008, 0xffffffff};

constexpr std::uint64_t namespaces[] = {CLONE_NEWNS,  CLONE_NEWUTS, CLONE_NEWIPC,   CLONE_NEWUSER,
                                        CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP};
constexpr std::uint64_t namespace_flags =
    CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;

void check(int result, std::string_view what) {
  if (result >= 0) return;
  std::fprintf(stderr, "seccomp profile: %.*s: error %d\n", static_cast<int>(what.size()), what.data(),
               -result);
  std::exit(1);
}

std::set<std::string> split(std::string_view words) {
  std::set<std::string> result;
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    if (!word.empty()) result.emplace(word);
    words.remove_prefix(std::min(words.size(), word.size() + 1));
  }
  return result;
}

std::vector<std::uint32_t> architectures() {
  const std::uint32_t native = seccomp_arch_native();
  if (native == SCMP_ARCH_X86_64) return {native, SCMP_ARCH_X86};
  if (native == SCMP_ARCH_AARCH64) return {native, SCMP_ARCH_ARM};
  return {native};
}

scmp_filter_ctx make_filter(std::uint32_t otherwise) {
  scmp_filter_ctx filter = seccomp_init(otherwise);
  if (filter == nullptr) std::exit(1);
  for (const std::uint32_t architecture : architectures()) {
    if (architecture != seccomp_arch_native())
      check(seccomp_arch_add(filter, architecture), "add architecture");
  }
  check(seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS)),
        "refuse other architectures");
  // A binary tree: merge_ranges() keeps what tests arguments as it is.
  check(seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2), "optimise");
  return filter;
}

void refuse_namespaces(scmp_filter_ctx filter) {
  check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                         SCMP_A0_64(SCMP_CMP_MASKED_EQ, namespace_flags, 0)),
        "clone");
  // Not left to the other filter: of two that refuse a call, the one loaded last has the errno.
  for (const std::uint64_t flag : namespaces) {
    check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                           SCMP_A0_64(SCMP_CMP_MASKED_EQ, flag, flag)),
          "clone");
  }
}

// Everything by its name: allowed, or refused with EPERM; what has no name here is ENOSYS.
enum class For : std::uint8_t { everybody, more, admin };
scmp_filter_ctx make_names_filter(For whom) {
  scmp_filter_ctx filter = make_filter(SCMP_ACT_ERRNO(ENOSYS));
  std::set<std::string> fine = split(allowed);
  if (whom != For::everybody) fine.merge(split(for_more));
  if (whom == For::admin) fine.merge(split(for_admin));
  std::set<std::string> known;
  for (const std::uint32_t architecture : architectures()) {
    for (int number = 0; number < 1024; ++number) {
      char* const name = seccomp_syscall_resolve_num_arch(architecture, number);
      if (name != nullptr) known.insert(name);
      std::free(name);
    }
  }
  for (const std::string& name : known) {
    if (name == "clone3" || name == "clone" || name == "personality" || name == "socketcall") continue;
    const int number = seccomp_syscall_resolve_name(name.c_str());
    const std::uint32_t action = fine.contains(name) ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM);
    check(seccomp_rule_add(filter, action, number, 0), name);
  }
  if (whom == For::admin) {
    check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 0), "clone");
    check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone3), 0), "clone3");
  } else {
    refuse_namespaces(filter);
  }
  for (const std::uint64_t value : personalities) {
    check(seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(personality), 1, SCMP_A0_64(SCMP_CMP_EQ, value)),
          "personality");
  }
  return filter;
}

// What a list of names can't say, because an allowed call has arguments that are not. Stricter than, and so
// stronger than, the other filter: the kernel runs both.
scmp_filter_ctx make_arguments_filter() {
  scmp_filter_ctx filter = make_filter(SCMP_ACT_ALLOW);
  constexpr std::uint64_t low_half = 0xffffffff;
  for (const unsigned family : {AF_ALG, AF_VSOCK}) {
    check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
                           SCMP_A0_64(SCMP_CMP_MASKED_EQ, low_half, family)),
          "socket");
  }
  for (const unsigned request : {TIOCSTI, TIOCLINUX}) {
    check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
                           SCMP_A1_64(SCMP_CMP_MASKED_EQ, low_half, request)),
          "ioctl");
  }
  check(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(socketcall), 0), "socketcall");
  return filter;
}

Filter export_filter(scmp_filter_ctx context) {
  const int file = ::memfd_create("filter", MFD_CLOEXEC);
  check(seccomp_export_bpf(context, file), "export");
  seccomp_release(context);
  ::lseek(file, 0, SEEK_SET);
  Filter filter;
  sock_filter instruction{};
  while (::read(file, &instruction, sizeof instruction) == sizeof instruction) filter.push_back(instruction);
  ::close(file);
  return filter;
}

// For every number, with every first two arguments, that either of them knows. The build fails rather than to
// take a smaller filter that is another.
void check_same(const Filter& one, const Filter& other, const char* name) {
  const std::vector<std::uint32_t> values = interesting_values(one);
  std::vector<std::uint64_t> arguments;
  for (const std::uint32_t value : values) {
    // What are no numbers of system calls; for those, the boundaries do.
    if (value > 1024 || value % 128 < 48) arguments.push_back(value);
  }
  for (const std::uint64_t flag : namespaces) arguments.insert(arguments.end(), {flag, flag << 32U});
  for (const std::uint64_t value : {AF_ALG, AF_VSOCK, TIOCSTI, TIOCLINUX})
    arguments.insert(arguments.end(), {value, value | (std::uint64_t{1} << 32U), value << 32U});
  std::vector<std::uint32_t> every_architecture = architectures();
  every_architecture.insert(every_architecture.end(), {0, 0xffffffff});
  for (const std::uint32_t architecture : every_architecture) {
    for (const std::uint32_t number : values) {
      for (const std::uint64_t argument : arguments) {
        for (const bool second : {false, true}) {
          seccomp_data call{};
          call.nr = static_cast<int>(number);
          call.arch = architecture;
          call.args[second ? 1 : 0] = argument;
          if (run_filter(one, call) == run_filter(other, call)) continue;
          std::fprintf(stderr, "seccomp profile: %s: system call %u of %x differs\n", name, number,
                       architecture);
          std::exit(1);
        }
      }
    }
  }
}

void print(const char* name, scmp_filter_ctx context) {
  const Filter whole = export_filter(context);
  const Filter filter = merge_ranges(whole);
  check_same(whole, filter, name);
  std::printf("inline constexpr sock_filter %s[] = {\n", name);
  for (const sock_filter& instruction : filter) {
    std::printf("    {0x%x, %u, %u, 0x%" PRIx32 "},\n", unsigned{instruction.code}, unsigned{instruction.jt},
                unsigned{instruction.jf}, instruction.k);
  }
  std::printf("};\n");
}

}  // namespace

int main() try {
  std::printf("#pragma once\n\n// Generated by seccomp_profile.cpp.\n\n#include <linux/filter.h>\n\n");
  std::printf("namespace husk::runtime::profile {\n\n");
  print("names", make_names_filter(For::everybody));
  print("names_for_more", make_names_filter(For::more));
  print("names_for_admin", make_names_filter(For::admin));
  print("arguments", make_arguments_filter());
  std::printf("\n}  // namespace husk::runtime::profile\n");
  return std::fflush(stdout) == 0 ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "seccomp_profile: %s\n", error.what());
  return 1;
}
