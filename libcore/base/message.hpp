#pragma once

#include "libcore/base/error.hpp"

#include <optional>
#include <string>
#include <string_view>

/// What processes of one tool tell each other through pipes. Both ends are the same program, so a message
/// that can't be read means that the other end was killed.
namespace husk {

/// Puts FIELD at the end of a message: its length in decimal digits, a colon, and itself.
void add_field(std::string& out, std::string_view field);
/// The first field of TEXT, which is shortened by it. Throws Error.
std::string take_field(std::string_view& text);

/// An error as fields: message, hint and exit code.
void add_error(std::string& out, const Error& error);
Error take_error(std::string_view& text);

/// TEXT so that MessageReader gives it back in one piece.
std::string frame_message(std::string_view text);
void send_message(int fd, std::string_view text);

/// Waits for one message and reads not a byte more. Nothing if the other end is closed.
std::optional<std::string> receive_message(int fd);

/// Puts messages together from what there is to read on a descriptor that does not block.
class MessageReader {
 public:
  /// Reads what is there; false at the end of file.
  bool fill(int fd);
  /// The next message that is complete.
  std::optional<std::string> take();

 private:
  std::string buffer_;
};

}  // namespace husk
