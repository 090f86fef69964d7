#include "libcore/base/io.hpp"

#include "libcore/base/error.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <algorithm>
#include <array>

namespace husk {

std::size_t read_some(int fd, std::span<std::byte> buffer) {
  for (;;) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) throw_errno("read");
  }
}

std::size_t read_full(int fd, std::span<std::byte> buffer) {
  std::size_t done = 0;
  while (done < buffer.size()) {
    const std::size_t count = read_some(fd, buffer.subspan(done));
    if (count == 0) break;
    done += count;
  }
  return done;
}

void write_all(int fd, std::span<const std::byte> bytes, std::string_view name) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      throw_errno("write ", quote(name));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void write_all(int fd, std::string_view text, std::string_view name) { write_all(fd, as_bytes(text), name); }

std::string read_all(int fd, std::size_t limit, std::string_view name) {
  std::string text;
  std::array<std::byte, 4096> buffer;  // most files have less, and each page of it costs a fault
  while (const std::size_t count =
             in_context([&] { return cat(quote(name)); }, [&] { return read_some(fd, buffer); })) {
    if (count > limit - text.size()) throw Error(cat(quote(name), " is larger than ", limit, " bytes"));
    text += as_text(std::span(buffer).first(count));
  }
  return text;
}

Fd make_memory_file(const char* name) {
  Fd file(::memfd_create(name, MFD_CLOEXEC));
  if (!file) throw_errno("create a file in memory");
  return file;
}

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("create a pipe");
  return {Fd(ends[0]), Fd(ends[1])};
}

void widen_pipe(int pipe) {
  constexpr int most = 1 << 20;  // bytes, /proc/sys/fs/pipe-max-size
  (void)::fcntl(pipe, F_SETPIPE_SZ, most);
}

}  // namespace husk
