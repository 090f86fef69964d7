#include "libcore/build/background.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/message.hpp"
#include "libcore/build/session.hpp"

#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>

namespace husk::build {
namespace {

constexpr std::size_t max_result = 1 << 20;

// In the child. It must only never return: nothing of the parent's may be cleaned up twice.
[[noreturn]] void run(const std::function<std::string()>& body, int result) noexcept {
  ignore_signals();  // what is measured is kept
  try {
    std::string out;
    try {
      out = "r" + body();
    } catch (const Error& error) {
      out = "e";
      add_error(out, error);
    }
    write_all(result, out, "result");
  } catch (...) {
    ::_exit(1);  // the parent sees that nothing came
  }
  ::_exit(0);
}

}  // namespace

Child fork_child(const std::function<void()>& body) {
  int pidfd = -1;
  struct clone_args arguments {};
  arguments.flags = CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  const pid_t parent = ::getpid();
  const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid < 0) throw_errno("start a process");
  if (pid != 0) return {Fd(pidfd), "a process of the build"};
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() == parent) body();  // else it was dead before the line above
  ::_exit(1);
}

Background::Background(const std::function<std::string()>& body) {
  Pipe pipe = make_pipe();
  child_.emplace(fork_child([&] { run(body, pipe.write_end.get()); }));
  result_ = std::move(pipe.read_end);
}

std::string Background::wait() {
  const std::string text = read_all(result_.get(), max_result, "result");
  (void)child_->wait();
  if (text.empty()) throw Error("a process of the build ended early");
  std::string_view rest = std::string_view(text).substr(1);
  if (text[0] == 'e') throw take_error(rest);
  return text.substr(1);
}

}  // namespace husk::build
