#include "libcore/build/session.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/time.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>

namespace husk::build {
namespace {

constexpr std::array signals = {SIGINT, SIGTERM, SIGHUP};
volatile std::sig_atomic_t received = 0;
volatile std::sig_atomic_t wake = -1;  // an eventfd(2)
int parent_socket = -1;

void remember(int number) {
  const int code = errno;
  const std::uint64_t one = 1;
  received = number;
  if (::write(wake, &one, sizeof one) < 0) errno = code;  // full: it has been heard already
  errno = code;
}

void set_handlers(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  for (const int number : signals) {
    struct sigaction old {};
    // Under nohup(1), SIGHUP stays ignored.
    if (::sigaction(number, nullptr, &old) == 0 && old.sa_handler != SIG_IGN)
      (void)::sigaction(number, &action, nullptr);
  }
}

}  // namespace

std::string step_time(const Options& options) {
  return format_rfc3339(options.source_date ? Time{*options.source_date, 0} : now());
}

void check_interrupted() {
  if (received != 0) throw Error("interrupted", static_cast<Exit>(128 + received));
  // The command of the step before may have got the signal, and not heeded it.
  pollfd parent{parent_socket, POLLRDHUP, 0};
  if (parent_socket >= 0 && ::poll(&parent, 1, 0) > 0)
    throw Error("interrupted", static_cast<Exit>(128 + SIGTERM));
}

Interruption::Interruption() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_) throw_errno("catch signals");
  received = 0;
  wake = fd_.get();
  set_handlers(remember);
}

Interruption::~Interruption() {
  set_handlers(SIG_DFL);
  wake = -1;
}

std::size_t Interruption::take() {
  std::uint64_t count = 0;
  return ::read(fd_.get(), &count, sizeof count) == sizeof count ? count : 0;
}

void restore_signals() { set_handlers(SIG_DFL); }

void ignore_signals() { set_handlers(SIG_IGN); }

void listen_to_parent(int parent) {
  received = 0;
  wake = -1;
  parent_socket = parent;
}

}  // namespace husk::build
