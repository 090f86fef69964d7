#pragma once

#include "libcore/base/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace husk {

/// Reads until BUFFER is full or the file ends; returns how many bytes there were. EINTR is retried.
std::size_t read_full(int fd, std::span<std::byte> buffer);

/// Reads what one read(2) gives, at least a byte unless the file has ended (0). EINTR is retried.
std::size_t read_some(int fd, std::span<std::byte> buffer);

/// Writes everything; a short write is continued. NAME is for the message.
void write_all(int fd, std::span<const std::byte> bytes, std::string_view name);
void write_all(int fd, std::string_view text, std::string_view name);

/// The whole of an open file. More than LIMIT bytes is an error that says so.
std::string read_all(int fd, std::size_t limit, std::string_view name);

struct Pipe {
  Fd read_end;
  Fd write_end;
};

/// Both ends O_CLOEXEC.
Pipe make_pipe();

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace husk
