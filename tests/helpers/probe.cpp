// Runs in a container and prints what it finds there, one fact a line, for comparison with what a container
// should be:
//
//     probe status     ids, groups, capabilities, filter, as /proc/self/status has them
//     probe fds        the open descriptors
//     probe mounts     target, type and options of every mount
//     probe powers     limits, and what answers to what only the host may do
//     probe abstract   whether there is an abstract socket with the name in $CANARY
//
// and what probe.hpp names. Several of them may be given.
//
// Static, so that an image needs nothing else.

#include "probe.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

namespace {

using probe::report;

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

void try_to_raise(const char* name, int which) {
  rlimit limit{};
  ::getrlimit(which, &limit);
  if (limit.rlim_max == RLIM_INFINITY) return report(name, (errno = EPERM, -1));
  ++limit.rlim_max;
  report(name, ::setrlimit(which, &limit));
}

void write_to(const char* path, const char* text) {
  const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
  report(path, fd < 0 ? fd : ::write(fd, text, std::strlen(text)));
  if (fd >= 0) ::close(fd);
}

// chroot(2) twice and up again: whoever may do that gets to the root directory it began with.
void try_to_leave_root() {
  struct stat before {
  }, after{};
  const int root = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  (void)::fstat(root, &before);
  (void)::mkdir("/tmp/probe-root", 0700);
  if (::chroot("/tmp/probe-root") != 0 || ::fchdir(root) != 0) return report("chroot", -1);
  bool moved = true;
  for (int i = 0; i < 50; ++i) moved = ::chdir("..") == 0 && moved;
  if (!moved || ::chroot(".") != 0) return report("up from chroot", -1);
  (void)::stat("/", &after);
  (void)::rmdir("/tmp/probe-root");
  ::close(root);
  std::printf("out of chroot: %s\n", before.st_ino == after.st_ino && before.st_dev == after.st_dev
                                         ? "the same root"
                                         : "another root");
}

void print_powers() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  std::printf("umask: %03o\n", mask);
  rlimit core{};
  ::getrlimit(RLIMIT_CORE, &core);
  // One byte is none, too, and the only limit that also keeps a core from a program (core(5)).
  std::printf("core files: %s\n", core.rlim_max <= 1 ? "none" : "possible");
  std::printf("securebits: %d\n", ::prctl(PR_GET_SECUREBITS));
  report("controlling terminal", ::open("/dev/tty", O_RDWR | O_CLOEXEC));
  std::ifstream groups("/proc/self/cgroup");
  bool outside = false;
  for (std::string line; std::getline(groups, line);)
    outside = outside || line.substr(line.find(':', line.find(':') + 1)) != ":/";
  std::printf("cgroup: %s\n", outside ? "of the host" : "/");
  try_to_raise("raise the limit of core files", RLIMIT_CORE);
  try_to_raise("raise the limit of files", RLIMIT_NOFILE);
  write_to("/proc/self/oom_score_adj", "-1000");
  write_to("/proc/self/uid_map", "0 0 1");
  write_to("/proc/self/gid_map", "0 0 1");
  write_to("/proc/self/setgroups", "allow");
  report("setpriority", ::setpriority(PRIO_PROCESS, 0, -20));
  const sched_param first{.sched_priority = 1};
  report("realtime", ::sched_setscheduler(0, SCHED_FIFO, &first));
  timex time{};
  time.modes = ADJ_FREQUENCY;
  report("adjtimex", ::adjtimex(&time));
  report("chown to an id that is not mapped", ::chown("/tmp", 0x7ffffff0, 0));
  report("setuid to an id that is not mapped", ::setuid(0x7ffffff0));
  report("trusted xattr", ::setxattr("/tmp", "trusted.probe", "x", 1, 0));
  ifreq interface {};
  std::strcpy(interface.ifr_name, "lo");
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  report("an interface down", ::ioctl(socket, SIOCSIFFLAGS, &interface));
  try_to_leave_root();
}

// Of the name that is in $CANARY.
void try_abstract_socket() {
  const char* const name = std::getenv("CANARY");
  if (name == nullptr) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path + 1, name, sizeof address.sun_path - 2);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + std::strlen(name));
  report("abstract socket", ::connect(fd, reinterpret_cast<const sockaddr*>(&address), size));
  ::close(fd);
}

}  // namespace

int main(int argc, char** argv) {
  struct {
    const char* name;
    void (*print)();
  } const parts[] = {{"status", print_status},
                     {"fds", print_fds},
                     {"mounts", print_mounts},
                     {"calls", probe::print_calls},
                     {"old-calls", probe::print_old_calls},
                     {"edges", probe::print_edges},
                     {"writes", probe::print_writes},
                     {"hidden", probe::print_hidden},
                     {"devices", probe::print_devices},
                     {"powers", print_powers},
                     {"abstract", try_abstract_socket}};
  for (int i = 1; i < argc; ++i) {
    const auto* const part = std::find_if(std::begin(parts), std::end(parts), [&](const auto& each) {
      return std::strcmp(each.name, argv[i]) == 0;
    });
    if (part == std::end(parts)) return 2;
    if (argc > 2) std::printf("== %s\n", part->name);
    part->print();
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
