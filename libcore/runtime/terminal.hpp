#pragma once

#include "libcore/base/fd.hpp"

#include <termios.h>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace husk::runtime {

/// Puts the terminal on FD into raw mode and back again, however the scope is left.
class RawMode {
 public:
  explicit RawMode(int fd);
  RawMode(RawMode&&) = delete;
  ~RawMode();

  void suspend() noexcept;  // as it was, while we are stopped
  void resume() noexcept;

 private:
  int fd_;
  std::optional<termios> saved_;  // nothing: no terminal
};

/// Between the caller's standard streams and the master of a container's terminal.
class TerminalRelay {
 public:
  enum class Input { none, forward };
  TerminalRelay(Fd master, Input input);

  int master() const noexcept { return master_.get(); }
  /// What to poll(2) for.
  short master_events() const noexcept;
  short input_events() const noexcept;

  void copy_size() noexcept;  // the caller's window size to the container
  void read_input();
  void write_input();
  /// To SINK, or to standard output if that is empty. False when the container's side is closed.
  bool copy_output(const std::function<void(std::span<const std::byte>)>& sink);
  RawMode& raw() noexcept { return raw_; }

 private:
  Fd master_;
  std::string pending_;  // typed, not yet taken
  bool input_open_;
  RawMode raw_;
};

}  // namespace husk::runtime
