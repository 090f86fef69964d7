#include "libcore/transfer/options.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <unistd.h>
#include <chrono>

namespace husk::transfer {
namespace {

constexpr std::uint64_t interval = 100;  // milliseconds

std::uint64_t clock_now() {
  const auto time = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

void write_error(std::string_view text) {
  // Only a picture: that it can't be drawn is no failure.
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}

}  // namespace

registry::Security parse_tls_verify(std::string_view text) {
  if (text == "true" || text == "1") return registry::Security::strict;
  if (text == "false" || text == "0") return registry::Security::insecure;
  throw Error(cat("--tls-verify is true or false, not ", quote(text)), Exit::usage);
}

ProgressStyle parse_progress_style(std::string_view text) {
  if (text == "auto") return ProgressStyle::automatic;
  if (text == "json") return ProgressStyle::json;
  throw Error(cat("--progress is auto or json, not ", quote(text)), Exit::usage);
}

ProgressLine::ProgressLine(std::string verb, ProgressStyle style)
    : verb_(std::move(verb)), style_(style), terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress ProgressLine::progress() {
  return {[this](const State& state) { show(state); }};
}

void ProgressLine::show(const State& state) {
  last_ = state;
  told_ = true;
  if ((!terminal_ && style_ == ProgressStyle::automatic) || clock_now() - shown_ < interval) return;
  shown_ = clock_now();
  if (style_ == ProgressStyle::json) return write_error(print_json(state) + "\n");
  const std::string of = state.total > 0 ? " of " + format_bytes(state.total) : "";
  write_error(cat("\r\033[K", state.moved, "/", state.to_move, " layers  ", format_bytes(state.bytes), of));
}

std::string ProgressLine::finish() {
  if (style_ == ProgressStyle::json) return {};
  if (terminal_ && shown_ > 0) write_error("\r\033[K");
  return told_ ? summary(verb_.c_str(), last_) : std::string{};
}

}  // namespace husk::transfer
