#include "libcore/container/half.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <unistd.h>
#include <array>
#include <csignal>
#include <nlohmann/json.hpp>

namespace husk::container {
namespace {

constexpr std::size_t max_report = 1 << 20;

std::string describe(const Error& error) {
  // Messages quote names of files, but not every one: what is no UTF-8 must not be a second failure.
  return nlohmann::json{
      {"error", error.what()}, {"hint", error.hint()}, {"exit", static_cast<int>(error.exit())}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string run(const std::function<std::string()>& body) try {
  return nlohmann::json{{"result", body()}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
} catch (const Error& error) {
  return describe(error);
} catch (const std::exception& error) {
  return describe(Error(cat("internal error: ", error.what())));
}

// A copy of a process with one thread: it may allocate and throw, it must only never return.
[[noreturn]] void run_child(const std::function<std::string()>& body, int report) noexcept {
  (void)std::signal(SIGPIPE, SIG_IGN);
  try {
    write_all(report, run(body), "report");
  } catch (const std::exception&) {
    ::_exit(1);  // nobody is there to hear it
  }
  ::_exit(0);
}

}  // namespace

Half::Half(const std::function<std::string()>& body) : started_(start(body)) {}

Half::Started Half::start(const std::function<std::string()>& body) {
  Pipe report = make_pipe();
  Child child = fork_child("a process", [&] { run_child(body, report.write_end.get()); });
  return {std::move(child), std::move(report.read_end)};
}

std::string Half::wait() {
  const std::string text = read_all(started_.report.get(), max_report, "report");
  const ExitStatus status = started_.child.wait();
  const auto report = nlohmann::json::parse(text, nullptr, false);
  if (!report.is_object()) throw Error(cat("a process ended with status ", status.code));
  if (const auto result = report.find("result"); result != report.end()) return *result;
  Error error(report.value("error", "failed"), static_cast<Exit>(report.value("exit", 1)));
  error.set_hint(report.value("hint", ""));
  throw error;
}

}  // namespace husk::container
