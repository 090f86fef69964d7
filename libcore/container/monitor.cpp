#include "libcore/container/monitor.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/message.hpp"
#include "libcore/container/create.hpp"
#include "libcore/container/null_streams.hpp"
#include "libcore/container/resource_option.hpp"
#include "libcore/container/root.hpp"
#include "libcore/container/run.hpp"
#include "libcore/container/tool_process.hpp"
#include "libcore/store/container_log.hpp"

#include <unistd.h>
#include <array>

namespace husk::container {
namespace {

void become(int stream, int fd) {
  if (::dup2(fd, stream) != stream) throw_errno("redirect a standard stream");
}

// The container's streams while it is started, and ours; nobody's afterwards.
class DetachedStreams {
 public:
  explicit DetachedStreams(const runtime::Spec& spec) {
    become_null();
    if (spec.terminal) return;
    output_ = make_pipe();
    errors_ = make_pipe();
    become(STDOUT_FILENO, output_.write_end.get());
    become(STDERR_FILENO, errors_.write_end.get());
    if (!spec.standard_input) return;
    // Nobody writes, but it does not end either: a shell goes on waiting for its next command.
    input_ = make_pipe();
    become(STDIN_FILENO, input_.read_end.get());
  }

  /// Once the container has its copies.
  void let_go() {
    become_null();
    output_.write_end.reset();
    errors_.write_end.reset();
    input_.read_end.reset();
  }

  std::vector<runtime::Watch> watch(store::LogWriter& log) {
    if (!output_.read_end) return {};
    return {{output_.read_end.get(), [&] { return copy(output_.read_end, store::Stream::output, log); }},
            {errors_.read_end.get(), [&] { return copy(errors_.read_end, store::Stream::errors, log); }}};
  }

 private:
  static bool copy(const Fd& from, store::Stream stream, store::LogWriter& log) {
    std::array<std::byte, 16384> buffer;
    const std::size_t count = read_some(from.get(), buffer);
    log.write(stream, std::span(buffer).first(count));
    return count > 0;
  }

  Pipe output_, errors_, input_;
};

void tell_failure(const Fd& report, const Error& error) {
  std::string text;
  add_error(text, error);
  send_message(report.get(), text);
}

}  // namespace

void run_detached(const store::Store& store, const store::Container& container) {
  Pipe report = make_pipe();
  start_tool("husk-monitor", {store.path().native(), container.config().id}, report.write_end.get());
  report.write_end.reset();
  const auto message = receive_message(report.read_end.get());
  if (!message) throw Error("husk-monitor ended without a word", Exit::engine);
  std::string_view text = *message;
  if (!text.empty()) throw take_error(text);
}

void run_monitor(const store::Store& store, store::Container container, Fd report) {
  (void)::setsid();  // it outlives the terminal; fails if it is so already
  try {
    const RunningRecord record(store, std::move(container));
    try {
      store::LogWriter log(record.container());
      ResourceScope resources(record.container().config());
      runtime::Spec spec = make_spec(store, record.container(), map_of(record.container().config().map));
      resources.limit(spec);
      DetachedStreams streams(spec);
      runtime::Launch launch(spec.map, spec.network);
      resources.leave();
      runtime::Container running = std::move(launch).start(spec);
      streams.let_go();
      record.set_running(running.pid());
      send_message(report.get(), "");
      report.reset();
      const ExitStatus status =
          running.wait({.watches = streams.watch(log),
                        .terminal_output = [&](auto printed) { log.write(store::Stream::output, printed); }});
      record.set_exited(status.code);
    } catch (const Error& error) {
      record.set_not_started(error);
      throw;
    }
  } catch (const Error& error) {
    if (report) tell_failure(report, error);
  }
}

}  // namespace husk::container
