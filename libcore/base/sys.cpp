#include "libcore/base/sys.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cstdio>

#ifdef HUSK_FAULTS
#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <utility>
#endif

namespace husk::sys {
namespace {

#ifdef HUSK_FAULTS

struct Fault {
  std::string_view action;
  std::string_view place;
  long call = 0;
};

const Fault& fault() {
  static const Fault value = [] {
    Fault parsed;
    const char* const variable = std::getenv("HUSK_FAULT");
    if (variable == nullptr) return parsed;
    const std::string_view text = variable;
    const auto colon = text.find(':');
    parsed.action = text.substr(0, colon);
    parsed.place = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    (void)std::from_chars(parsed.place.data(), parsed.place.data() + parsed.place.size(), parsed.call);
    return parsed;
  }();
  return value;
}

[[noreturn]] void die() {
  (void)::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

// Counts a call; false, with errno set, if it is the one that has to fail.
bool allowed() {
  static std::atomic<long> calls = 0;
  const Fault& chosen = fault();
  if (chosen.call == 0 || ++calls != chosen.call) return true;
  if (chosen.action == "kill") die();
  constexpr std::array<std::pair<std::string_view, int>, 5> errors = {
      {{"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EIO", EIO}, {"EROFS", EROFS}, {"EACCES", EACCES}}};
  for (const auto& [name, number] : errors) {
    if (name == chosen.action) errno = number;
  }
  return false;
}

#else

constexpr bool allowed() { return true; }

#endif

bool taken(bool done) { return !done && errno == EEXIST; }

}  // namespace

#ifdef HUSK_FAULTS
void reached(std::string_view place) {
  if (fault().action == "kill" && fault().place == place) die();
}
#endif

Fd create_at(int dir, const std::string& name, int flags, mode_t mode) {
  Fd fd(allowed() ? ::openat(dir, name.c_str(), flags | O_CLOEXEC, mode) : -1);
  if (!fd) throw_errno("create ", quote(name));
  return fd;
}

bool try_make_directory_at(int dir, const std::string& name, mode_t mode) {
  const bool done = allowed() && ::mkdirat(dir, name.c_str(), mode) == 0;
  if (!done && !taken(done)) throw_errno("create directory ", quote(name));
  return done;
}

void make_directory_at(int dir, const std::string& name, mode_t mode) {
  if (!allowed() || ::mkdirat(dir, name.c_str(), mode) != 0) throw_errno("create directory ", quote(name));
}

bool try_link_file(int file, int dir, const std::string& name) {
  // By way of /proc: AT_EMPTY_PATH would need CAP_DAC_READ_SEARCH. See open(2), O_TMPFILE.
  const std::string source = cat("/proc/self/fd/", file);
  const bool done =
      allowed() && ::linkat(AT_FDCWD, source.c_str(), dir, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  if (!done && !taken(done)) throw_errno("create ", quote(name));
  return done;
}

void rename_at(int from_dir, const std::string& from, int to_dir, const std::string& to) {
  if (!allowed() || ::renameat(from_dir, from.c_str(), to_dir, to.c_str()) != 0) {
    throw_errno("rename ", quote(from), " to ", quote(to));
  }
}

bool try_rename_at(int from_dir, const std::string& from, int to_dir, const std::string& to) {
  const bool done =
      allowed() && ::renameat2(from_dir, from.c_str(), to_dir, to.c_str(), RENAME_NOREPLACE) == 0;
  if (!done && !taken(done)) throw_errno("rename ", quote(from), " to ", quote(to));
  return done;
}

bool try_exchange_at(int dir, const std::string& name, int other_dir, const std::string& other) {
  const bool done =
      allowed() && ::renameat2(dir, name.c_str(), other_dir, other.c_str(), RENAME_EXCHANGE) == 0;
  if (!done && errno != ENOENT) throw_errno("exchange ", quote(name), " and ", quote(other));
  return done;
}

bool try_symlink_at(const std::string& target, int dir, const std::string& name) {
  const bool done = allowed() && ::symlinkat(target.c_str(), dir, name.c_str()) == 0;
  if (!done && !taken(done)) throw_errno("create link ", quote(name));
  return done;
}

bool try_unlink_at(int dir, const std::string& name, int flags) {
  const bool done = allowed() && ::unlinkat(dir, name.c_str(), flags) == 0;
  if (!done && errno != ENOENT) throw_errno("remove ", quote(name));
  return done;
}

void sync_data(int fd, std::string_view name) {
  if (!allowed() || ::fdatasync(fd) != 0) throw_errno("write ", quote(name), " to disk");
}

void sync_all(int fd, std::string_view name) {
  if (!allowed() || ::fsync(fd) != 0) throw_errno("write ", quote(name), " to disk");
}

void write_all(int fd, std::string_view text, std::string_view name) {
  if (!allowed()) throw_errno("write ", quote(name));
  husk::write_all(fd, text, name);
}

}  // namespace husk::sys
