#include "libcore/build/session.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/time.hpp"

#include <array>
#include <csignal>

namespace husk::build {
namespace {

constexpr std::array signals = {SIGINT, SIGTERM, SIGHUP};
volatile std::sig_atomic_t received = 0;

void remember(int number) { received = number; }

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
}

Interruption::Interruption() {
  received = 0;
  set_handlers(remember);
}

Interruption::~Interruption() { set_handlers(SIG_DFL); }

void restore_signals() { set_handlers(SIG_DFL); }

}  // namespace husk::build
