#include "libcore/container/logs.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/quantity.hpp"
#include "libcore/store/container_log.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <array>
#include <charconv>
#include <string_view>

namespace husk::container {
namespace {

// The output of a container in the order it was printed; each stream to its own.
class Printer {
 public:
  explicit Printer(const LogsOptions& options) : options_(options) {}
  Printer(Printer&&) = delete;
  ~Printer() = default;

  /// False when nothing after it can be wanted.
  bool print(const store::LogEntry& entry) {
    if (options_.until && entry.time > *options_.until) return false;
    if (options_.since && entry.time < *options_.since) return true;
    if (entry.stream != stream_) flush();
    stream_ = entry.stream;
    if (options_.times) pending_ += format_rfc3339(entry.time) + " ";
    pending_ += entry.text;
    if (pending_.size() > flush_size) flush();
    return true;
  }

  void flush() {
    if (stream_ == store::Stream::output) {
      write_all(STDOUT_FILENO, pending_, "standard output");
    } else {
      write_all(STDERR_FILENO, pending_, "standard error");
    }
    pending_.clear();
  }

 private:
  static constexpr std::size_t flush_size = std::size_t{64} << 10;
  const LogsOptions& options_;
  store::Stream stream_ = store::Stream::output;
  std::string pending_;
};

// Prints what there is; false when nothing after it can be wanted.
bool print_all(store::LogReader& reader, Printer& printer) {
  bool wanted = true;
  while (wanted) {
    const auto entry = reader.next();
    if (!entry) break;
    wanted = printer.print(*entry);
  }
  printer.flush();
  return wanted;
}

void follow(const store::Container& container, store::LogReader& reader, Printer& printer) {
  const Fd changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!changes || ::inotify_add_watch(changes.get(), reader.path().c_str(), IN_MODIFY) < 0)
    throw_errno("watch ", quote(reader.path()));
  const auto process = store::open_running(container);
  bool wanted = print_all(reader, printer);
  while (wanted && process) {
    std::array<pollfd, 3> waiting = {
        {{changes.get(), POLLIN, 0}, {process->get(), POLLIN, 0}, {STDOUT_FILENO, 0, 0}}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) throw_errno("wait for the log");
    if ((waiting[2].revents & POLLERR) != 0) return;  // the reader of our pipe is gone
    std::array<std::byte, 4096> events;
    (void)!::read(changes.get(), events.data(), events.size());
    wanted = print_all(reader, printer);
    if (waiting[1].revents == 0) continue;
    // Its monitor may still be writing what it printed last.
    (void)store::wait_for_end(container);
    (void)print_all(reader, printer);
    return;
  }
}

}  // namespace

Time parse_log_time(const std::string& text, Time now) {
  if (const auto time = parse_rfc3339(text)) return *time;
  std::int64_t seconds = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failure == std::errc{} && end == text.data() + text.size()) return {seconds, 0};
  if (const auto age = parse_duration(text); age && *age >= 0) {
    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t then = now.seconds * second + now.nanoseconds - *age;
    return {then / second, static_cast<std::int32_t>(then % second)};
  }
  Error error(cat("time ", quote(text), " is neither an age nor a point in time"), Exit::usage);
  error.set_hint("give an age (10m, 1h30m), a time (2026-01-31T23:59:59Z) or seconds since 1970");
  throw error;
}

std::size_t parse_line_count(const std::string& text) {
  std::size_t count = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failure != std::errc{} || end != text.data() + text.size())
    throw Error(cat("--tail ", quote(text), " is neither a number nor 'all'"), Exit::usage);
  return count;
}

void show_logs(const store::Container& container, const LogsOptions& options) {
  store::LogReader reader(container);
  if (options.last) reader.seek_last(*options.last);
  Printer printer(options);
  if (options.follow && store::open_running(container)) return follow(container, reader, printer);
  (void)print_all(reader, printer);
}

}  // namespace husk::container
