#include "libcore/runtime/terminal.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <array>
#include <cerrno>

namespace husk::runtime {
namespace {

constexpr std::size_t max_pending = 16384;

}  // namespace

RawMode::RawMode(int fd) : fd_(fd) {
  termios mode{};
  if (::tcgetattr(fd_, &mode) != 0) return;
  saved_ = mode;
  resume();
}

RawMode::~RawMode() { suspend(); }

void RawMode::suspend() noexcept {
  if (saved_) (void)::tcsetattr(fd_, TCSADRAIN, &*saved_);
}

void RawMode::resume() noexcept {
  if (!saved_) return;
  termios raw = *saved_;
  ::cfmakeraw(&raw);
  (void)::tcsetattr(fd_, TCSADRAIN, &raw);
}

TerminalRelay::TerminalRelay(Fd master, Input input)
    : master_(std::move(master)),
      input_open_(input == Input::forward),
      raw_(input_open_ ? STDIN_FILENO : -1) {
  // Else a program that reads nothing could keep us from showing what it writes.
  const int flags = ::fcntl(master_.get(), F_GETFL);
  if (flags < 0 || ::fcntl(master_.get(), F_SETFL, flags | O_NONBLOCK) != 0)
    throw_errno("set up the terminal");
}

short TerminalRelay::master_events() const noexcept {
  return static_cast<short>(POLLIN | (pending_.empty() ? 0 : POLLOUT));
}

short TerminalRelay::input_events() const noexcept {
  return static_cast<short>(input_open_ && pending_.size() < max_pending ? POLLIN : 0);
}

void TerminalRelay::copy_size() noexcept {
  winsize size{};
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::ioctl(stream, TIOCGWINSZ, &size) == 0) {
      (void)::ioctl(master_.get(), TIOCSWINSZ, &size);
      return;
    }
  }
}

void TerminalRelay::read_input() {
  std::array<std::byte, 4096> buffer;
  const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (count > 0) {
    pending_ += as_text(std::span(buffer).first(static_cast<std::size_t>(count)));
  } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
    input_open_ = false;
  }
}

void TerminalRelay::write_input() {
  const ssize_t count = ::write(master_.get(), pending_.data(), pending_.size());
  if (count > 0) pending_.erase(0, static_cast<std::size_t>(count));
}

bool TerminalRelay::copy_output(const std::function<void(std::span<const std::byte>)>& sink) {
  std::array<std::byte, 16384> buffer;
  const ssize_t count = ::read(master_.get(), buffer.data(), buffer.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  if (count <= 0) return false;  // EIO: nobody has the other side open
  const auto printed = std::span<const std::byte>(buffer).first(static_cast<std::size_t>(count));
  if (sink) {
    sink(printed);
  } else {
    write_all(STDOUT_FILENO, printed, "standard output");
  }
  return true;
}

}  // namespace husk::runtime
