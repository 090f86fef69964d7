#include "libcore/build/background.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/message.hpp"
#include "libcore/build/session.hpp"

#include <unistd.h>

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

Background::Background(const std::function<std::string()>& body) {
  Pipe pipe = make_pipe();
  child_.emplace(fork_child("a process of the build", [&] { run(body, pipe.write_end.get()); }));
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
