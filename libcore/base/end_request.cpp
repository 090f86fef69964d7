#include "libcore/base/end_request.hpp"

#include "libcore/base/error.hpp"

namespace husk {
namespace {

volatile std::sig_atomic_t received = 0;

void remember(int number) { received = number; }

}  // namespace

EndRequest::EndRequest() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old {};
    if (::sigaction(number, nullptr, &old) != 0 || old.sa_handler != SIG_DFL) continue;
    struct sigaction action {};
    action.sa_handler = remember;
    action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
    (void)::sigemptyset(&action.sa_mask);
    if (::sigaction(number, &action, nullptr) == 0) handled_.push_back(number);
  }
}

EndRequest::~EndRequest() {
  for (const int number : handled_) (void)std::signal(number, SIG_DFL);
  received = 0;
}

void throw_if_asked_to_end() {
  if (received != 0) throw Error("interrupted", static_cast<Exit>(128 + received));
}

}  // namespace husk
