#include "libcore/userns/run_in.hpp"

#include "libcore/base/child.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/message.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>
#include <new>
#include <optional>

namespace husk::userns {
namespace {

constexpr std::size_t max_result = 1 << 20;

// What the child sends: "r" and the result as a field, or "e" and the error.
std::string print_error(const Error& error) {
  std::string out = "e";
  add_error(out, error);
  return out;
}

std::string run_body(const std::function<void()>& enter, const std::function<std::string()>& body) try {
  enter();
  // A mount of the host that is unmounted later must not reach us, nor one of ours the host.
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    throw_errno("make the mounts private");
  std::string out = "r";
  add_field(out, body());
  return out;
} catch (const Error& error) {
  return print_error(error);
} catch (const std::bad_alloc&) {
  return print_error(Error("out of memory"));
} catch (const std::exception& error) {
  return print_error(Error(cat("internal error: ", error.what())));
}

// Until the parent has written the maps. End of file: it died, perhaps before the first line.
void wait_for_maps(int go_ahead) {
  char byte = 0;
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::read(go_ahead, &byte, 1) != 1) ::_exit(1);
}

void join(const Fd& user_namespace, pid_t parent) {
  if (::setns(user_namespace.get(), CLONE_NEWUSER) != 0 || ::unshare(CLONE_NEWNS) != 0)
    throw_errno("join a user namespace");
  // New credentials take both from a process, prctl(2). Without the first its files in /proc would be root's.
  (void)::prctl(PR_SET_DUMPABLE, 1);
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
}

// Runs in the child. It is a copy of a process with one thread, so it may allocate and throw; it must only
// never return.
[[noreturn]] void run_child(const std::function<void()>& enter, const std::function<std::string()>& body,
                            int report) noexcept {
  const std::string out = run_body(enter, body);
  try {
    write_all(report, out, "result");
  } catch (const Error&) {
    ::_exit(1);  // nobody is there to hear it
  }
  ::_exit(0);
}

}  // namespace

struct Running::State {
  pid_t pid;
  Child child;
  Fd report;
};

Running::Running(std::unique_ptr<State> state) : state_(std::move(state)) {}
Running::Running(Running&&) noexcept = default;
Running::~Running() = default;

std::string Running::wait() {
  const std::string text = read_all(state_->report.get(), max_result + 64, "result");
  const ExitStatus status = state_->child.wait();
  if (text.empty()) {
    throw Error(cat("a process in the user namespace ended with status ", status.code));
  }
  std::string_view rest = std::string_view(text).substr(1);
  if (text.front() == 'r') return take_field(rest);
  throw take_error(rest);
}

pid_t Running::pid() const noexcept { return state_->pid; }

Fd open_user_namespace(pid_t process) {
  Fd fd(::open(cat("/proc/", process, "/ns/user").c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw_errno("open the user namespace of a process");
  return fd;
}

namespace {

Running start(std::uint64_t namespaces, const std::function<void()>& enter,
              const std::function<std::string()>& body) {
  Pipe report = make_pipe();
  int pidfd = -1;
  clone_args how{};
  how.flags = namespaces | CLONE_PIDFD;
  how.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  how.exit_signal = SIGCHLD;
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &how, sizeof how));
  if (pid < 0) throw namespace_error(errno);
  if (pid == 0) run_child(enter, body, report.write_end.get());
  return Running(std::make_unique<Running::State>(
      Running::State{pid, Child(Fd(pidfd), "a process in a user namespace"), std::move(report.read_end)}));
}

}  // namespace

Running start_in(const IdMap& map, const std::function<std::string()>& body) {
  Pipe go_ahead = make_pipe();
  const auto enter = [&] {
    go_ahead.write_end.reset();
    wait_for_maps(go_ahead.read_end.get());
  };
  Running running = start(CLONE_NEWUSER | CLONE_NEWNS, enter, body);
  write_maps(running.pid(), map);
  if (::write(go_ahead.write_end.get(), "", 1) != 1) throw_errno("let a process in a user namespace go on");
  return running;
}

Running start_in(const Fd& user_namespace, const std::function<std::string()>& body) {
  return start(
      0, [&, parent = ::getpid()] { join(user_namespace, parent); }, body);
}

std::string run_in(const IdMap& map, const std::function<std::string()>& body) {
  return start_in(map, body).wait();
}

SysError namespace_error(int code) {
  SysError error(code, "create a user namespace");
  switch (code) {
    case EPERM:
    case EACCES:
      error.set_hint(
          "the system forbids it: see the sysctls kernel.unprivileged_userns_clone and "
          "kernel.apparmor_restrict_unprivileged_userns");
      break;
    case ENOSPC:
    case EUSERS: error.set_hint("the limit is in the sysctl user.max_user_namespaces"); break;
    case ENOSYS:
    case EINVAL: error.set_hint("this needs Linux 5.11 with user namespaces (CONFIG_USER_NS)"); break;
    default: break;
  }
  return error;
}

}  // namespace husk::userns
