#include "libcore/runtime/signals.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <array>
#include <charconv>

namespace husk::runtime {
namespace {

// As docker-run(1), --sig-proxy: all but those that tell about ourselves. SIGPIPE ends us, and with us the
// container.
sigset_t forwarded_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGCONT, SIGTSTP,
                           SIGWINCH, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGXCPU, SIGXFSZ}) {
    ::sigaddset(&set, number);
  }
  for (int number = SIGRTMIN; number <= SIGRTMAX; ++number) ::sigaddset(&set, number);
  return set;
}

// A line of /proc/PID/status: "SigCgt:\t0000000000000000".
std::uint64_t read_mask(std::string_view status, std::string_view name) {
  std::uint64_t mask = 0;
  const auto at = status.find(name);
  if (at == std::string_view::npos) return 0;
  const std::string_view digits = status.substr(at + name.size(), 16);
  (void)std::from_chars(digits.data(), digits.data() + digits.size(), mask, 16);
  return mask;
}

bool ends_a_process(int signal) {
  return signal != SIGCONT && signal != SIGWINCH &&
         signal != SIGTSTP;  // of those that are forwarded; signal(7)
}

}  // namespace

SignalInbox::SignalInbox() {
  const sigset_t set = forwarded_signals();
  fd_ = Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd_ || ::sigprocmask(SIG_BLOCK, &set, &saved_) != 0) throw_errno("catch signals");
}

SignalInbox::~SignalInbox() { (void)::sigprocmask(SIG_SETMASK, &saved_, nullptr); }

sigset_t mask_of_container() noexcept {
  const sigset_t set = forwarded_signals();
  sigset_t mask;
  (void)::sigprocmask(SIG_SETMASK, nullptr, &mask);  // can't fail
  for (int number = 1; number <= SIGRTMAX; ++number) {
    if (::sigismember(&set, number) == 1) ::sigdelset(&mask, number);
  }
  return mask;
}

std::optional<int> SignalInbox::take() {
  signalfd_siginfo info{};
  if (::read(fd_.get(), &info, sizeof info) != sizeof info) return std::nullopt;
  return static_cast<int>(info.ssi_signo);
}

bool would_be_lost(pid_t pid, int signal) {
  if (!ends_a_process(signal)) return false;
  const std::string path = cat("/proc/", pid, "/status");
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return false;
  const std::string status = read_all(file.get(), 65536, path);
  // A blocked signal is kept: the process may be about to take it with sigwait(3).
  const std::uint64_t heard =
      read_mask(status, "SigBlk:\t") | read_mask(status, "SigIgn:\t") | read_mask(status, "SigCgt:\t");
  return (heard & (std::uint64_t{1} << (signal - 1))) == 0;
}

}  // namespace husk::runtime
