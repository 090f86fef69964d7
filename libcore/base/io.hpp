#pragma once

#include "libcore/base/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace husk {

/// Reads until BUFFER is full or the file ends; returns how many bytes there were. EINTR is retried.
std::size_t read_full(int fd, std::span<std::byte> buffer);

/// Reads what one read(2) gives, at least a byte unless the file has ended (0). EINTR is retried.
std::size_t read_some(int fd, std::span<std::byte> buffer);

constexpr std::size_t piece_size = std::size_t{256} << 10;  // bytes that are worth a system call

/// Gives TAKE, a function of a std::span<const std::byte>, the rest of an open file, a piece at a time.
template <class Take>
void read_pieces(int fd, const Take& take) {
  std::vector<std::byte> buffer(piece_size);
  while (const std::size_t count = read_some(fd, buffer))
    take(std::span<const std::byte>(buffer.data(), count));
}

/// Writes everything; a short write is continued. NAME is for the message.
void write_all(int fd, std::span<const std::byte> bytes, std::string_view name);
void write_all(int fd, std::string_view text, std::string_view name);

/// The whole of an open file. More than LIMIT bytes is an error that says so.
std::string read_all(int fd, std::size_t limit, std::string_view name);

/// An empty file without a name in memory; NAME is for those who look at /proc. O_CLOEXEC. memfd_create(2)
Fd make_memory_file(const char* name);

struct Pipe {
  Fd read_end;
  Fd write_end;
};

/// Both ends O_CLOEXEC.
Pipe make_pipe();

/// Asks for the most that pipe(7) gives without privileges. A wish: a user's pipes have a limit together.
void widen_pipe(int pipe);

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace husk
