#include "libcore/base/message.hpp"

#include "libcore/base/io.hpp"

#include <unistd.h>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

namespace husk {
namespace {

using Length = std::uint32_t;
constexpr Length longest = 64 << 20;

[[noreturn]] void fail() { throw Error("a message between two processes was cut short"); }

Length read_length(std::string_view bytes) {
  Length length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length > longest) fail();
  return length;
}

}  // namespace

void add_field(std::string& out, std::string_view field) { out += cat(field.size(), ":", field); }

std::string take_field(std::string_view& text) {
  std::size_t length = 0;
  const char* const end = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data(), end, length);
  if (error != std::errc() || next == end || *next != ':') fail();
  const auto begin = static_cast<std::size_t>(next - text.data()) + 1;
  if (length > text.size() - begin) fail();
  std::string field(text.substr(begin, length));
  text.remove_prefix(begin + length);
  return field;
}

void add_error(std::string& out, const Error& error) {
  add_field(out, error.what());
  add_field(out, error.hint());
  add_field(out, cat(static_cast<int>(error.exit())));
}

Error take_error(std::string_view& text) {
  std::string message = take_field(text);
  std::string hint = take_field(text);
  const std::string exit = take_field(text);
  int code = static_cast<int>(Exit::failure);
  (void)std::from_chars(exit.data(), exit.data() + exit.size(), code);
  Error error(std::move(message), static_cast<Exit>(code));
  error.set_hint(std::move(hint));
  return error;
}

std::string frame_message(std::string_view text) {
  const auto length = static_cast<Length>(text.size());
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes += text;
}

void send_message(int fd, std::string_view text) { write_all(fd, frame_message(text), "message"); }

std::optional<std::string> receive_message(int fd) {
  std::string text(sizeof(Length), '\0');
  const auto read = [&] {
    return read_full(fd, std::as_writable_bytes(std::span(text.data(), text.size()))) == text.size();
  };
  if (!read()) return std::nullopt;
  text.resize(read_length(text));
  if (!read()) fail();
  return text;
}

bool MessageReader::fill(int fd) {
  std::array<char, 8192> buffer;  // most messages are short, and each page of it costs a fault
  for (;;) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return true;
    if (count < 0) throw_errno("read a message");
    if (count == 0) return false;
    buffer_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::optional<std::string> MessageReader::take() {
  if (buffer_.size() < sizeof(Length)) return std::nullopt;
  const Length length = read_length(buffer_);
  if (buffer_.size() - sizeof(Length) < length) return std::nullopt;
  std::string text = buffer_.substr(sizeof(Length), length);
  buffer_.erase(0, sizeof(Length) + length);
  return text;
}

}  // namespace husk
