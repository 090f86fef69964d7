#include "libcore/runtime/network.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/runtime/launch_plan.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <tuple>

namespace husk::runtime {
namespace {

// Where pasta finds the end of the pipe on which it says that it is ready.
constexpr int ready_fd = 3;

// COUNT ports that follow each other, from PORT on.
std::string print_ports(const PublishedPort& port, int count) {
  const auto range = [count](int first) {
    return count == 1 ? cat(first) : cat(first, "-", first + count - 1);
  };
  return cat(port.address, port.address.empty() ? "" : "/", range(port.host), ":", range(port.container));
}

// In as few words as possible: a command line has an end, and ranges may be wide.
std::vector<std::string> print_all(std::vector<PublishedPort> ports, bool udp) {
  std::erase_if(ports, [udp](const PublishedPort& port) { return port.udp != udp; });
  std::ranges::stable_sort(ports, [](const PublishedPort& one, const PublishedPort& other) {
    return std::tie(one.address, one.host) < std::tie(other.address, other.host);
  });
  std::vector<std::string> words;
  for (std::size_t first = 0; first < ports.size();) {
    std::size_t end = first + 1;
    while (end < ports.size() && ports[end].address == ports[first].address &&
           ports[end].host == ports[end - 1].host + 1 && ports[end].container == ports[end - 1].container + 1)
      ++end;
    words.push_back(print_ports(ports[first], static_cast<int>(end - first)));
    first = end;
  }
  return words;
}

std::string find_pasta() {
  const std::string path = find_environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  for (std::string_view rest = path; !rest.empty();) {
    const std::string_view directory = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
    std::string file = cat(directory, "/pasta");
    if (directory.starts_with('/') && ::access(file.c_str(), X_OK) == 0) return file;
  }
  Error error("the private network needs pasta, which is not in PATH", Exit::engine);
  error.set_hint("install the package 'passt', or use --network=host or --network=none");
  throw error;
}

// Between fork and exec, so system calls only. Not posix_spawn(3) nor run_program(): neither can ask for
// PR_SET_PDEATHSIG.
[[noreturn]] void run_pasta(const char* file, char* const* argv, int ready, int errors,
                            pid_t parent) noexcept {
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  // Out of the terminal's reach: ctrl-C ends the container, not its network while it shuts down.
  const bool fine = ::getppid() == parent && ::setsid() >= 0 && ::dup2(null, 0) >= 0 &&
                    ::dup2(null, 1) >= 0 && ::dup2(errors, 2) >= 0 && ::dup2(ready, ready_fd) >= 0 &&
                    ::close_range(ready_fd + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
  if (fine) ::execv(file, argv);
  ::_exit(127);
}

Child spawn(const std::string& file, std::vector<std::string> words, const Fd& ready, const Fd& errors) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  int pidfd = -1;
  clone_args how{};
  how.flags = CLONE_PIDFD;
  how.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  how.exit_signal = SIGCHLD;
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &how, sizeof how));
  if (pid < 0) throw_errno("start pasta");
  if (pid == 0) run_pasta(file.c_str(), argv.data(), ready.get(), errors.get(), parent);
  return Child(Fd(pidfd), "pasta");
}

Fd make_memory_file() {
  Fd file(::memfd_create("errors", MFD_CLOEXEC));
  if (!file) throw_errno("create a file in memory");
  return file;
}

// Above those that the standard streams and ready_fd will have, so that no dup2(2) overwrites another one.
Fd move_up(Fd fd) {
  Fd moved(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 10));
  if (!moved) throw_errno("duplicate a descriptor");
  return moved;
}

}  // namespace

std::vector<std::string> plan_pasta(pid_t pid, const std::vector<PublishedPort>& ports, bool forward_names,
                                    int ready) {
  // Neither the host's loopback interface (--no-map-gw, -T, -U) nor its ports are within reach.
  std::vector<std::string> words = {"pasta", "--quiet", "--foreground", "--config-net", "--no-map-gw",
                                    "-T",    "none",    "-U",           "none"};
  for (const bool udp : {false, true}) {
    const std::vector<std::string> some = print_all(ports, udp);
    for (const std::string& word : some) words.insert(words.end(), {udp ? "-u" : "-t", word});
    if (some.empty()) words.insert(words.end(), {udp ? "-u" : "-t", "none"});
  }
  if (forward_names) words.insert(words.end(), {"--dns-forward", forwarded_name_server});
  words.insert(words.end(), {"--pid", cat("/proc/self/fd/", ready), cat(pid)});
  return words;
}

NetworkHelper::NetworkHelper(pid_t pid, const std::vector<PublishedPort>& ports, bool forward_names)
    : NetworkHelper(make_pipe(), pid, ports, forward_names) {}

NetworkHelper::NetworkHelper(Pipe ready, pid_t pid, const std::vector<PublishedPort>& ports,
                             bool forward_names)
    : errors_(move_up(make_memory_file())),
      ready_(std::move(ready.read_end)),
      child_(spawn(find_pasta(), plan_pasta(pid, ports, forward_names, ready_fd),
                   move_up(std::move(ready.write_end)), errors_)) {}

void NetworkHelper::wait_until_ready() {
  std::byte first;
  if (read_some(ready_.get(), std::span(&first, 1)) == 1) return;
  std::string said(2048, '\0');
  said.resize(
      static_cast<std::size_t>(std::max<ssize_t>(0, ::pread(errors_.get(), said.data(), said.size(), 0))));
  // It complains about a missing syslog, too.
  std::string lines;
  for (std::string_view rest = said; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty() || line.find("syslog") != std::string_view::npos) continue;
    lines += cat(lines.empty() ? "" : "; ", escape(line));
  }
  Error error(cat("set up the network: pasta ended: ", lines.empty() ? "it does not say why" : lines),
              Exit::engine);
  error.set_hint(
      "is a published port taken, or below 1024 (sysctl net.ipv4.ip_unprivileged_port_start)? "
      "--network=host works without pasta");
  throw error;
}

}  // namespace husk::runtime
