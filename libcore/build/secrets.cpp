#include "libcore/build/secrets.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/dockerfile/csv.hpp"
#include "libcore/dockerfile/runes.hpp"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace husk::build {
namespace {

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  Error error(cat("--secret ", quote(text), ": ", why), Exit::usage);
  error.set_hint("it is id=NAME,src=FILE or id=NAME,env=VARIABLE");
  throw error;
}

Fd open_file(const std::filesystem::path& path) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) throw_errno("open the secret ", quote(path));
  if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode))
    throw Error(cat("the secret ", quote(path), " is no file"));
  if (S_ISREG(status.st_mode) && static_cast<std::size_t>(status.st_size) > max_secret_size)
    throw Error(cat("the secret ", quote(path), " has more than ", max_secret_size, " bytes"));
  return file;
}

// What can't be copied by the kernel: a pipe, a file of /proc.
void copy_through_buffer(int from, int to, std::size_t copied) {
  std::array<std::byte, 4096> buffer;
  while (const std::size_t count = read_some(from, buffer)) {
    copied += count;
    if (copied <= max_secret_size) write_all(to, std::span(buffer).first(count), "secret");
    ::explicit_bzero(buffer.data(), buffer.size());
    if (copied > max_secret_size) throw Error(cat("a secret has more than ", max_secret_size, " bytes"));
  }
}

void copy(int from, int to) {
  std::size_t copied = 0;
  for (;;) {
    const ssize_t count = ::sendfile(to, from, nullptr, max_secret_size + 1 - copied);
    if (count == 0) return;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EINVAL || errno == ENOSYS)) return copy_through_buffer(from, to, copied);
    if (count < 0) throw_errno("read a secret");
    copied += static_cast<std::size_t>(count);
    if (copied > max_secret_size) throw Error(cat("a secret has more than ", max_secret_size, " bytes"));
  }
}

// What is wrong is said before anything is built. A pipe, <(pass show token), can be read once only, and
// there may be several steps.
void check(SecretSource& source, std::string_view text) {
  if (source.file.empty()) {
    if (::getenv(source.variable.c_str()) == nullptr)
      refuse(text, cat("there is no variable ", quote(source.variable), " in the environment"));
    return;
  }
  try {
    const Fd file = open_file(source.file);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 || S_ISREG(status.st_mode)) return;
    source.content = std::make_shared<Fd>(make_memory_file("secret"));
    copy(file.get(), source.content->get());
    source.file = cat("/proc/self/fd/", source.content->get());
  } catch (Error& error) {
    error.set_exit(Exit::usage);
    throw;
  }
}

}  // namespace

SecretSource parse_secret(std::string_view text) {
  SecretSource source;
  std::string type, file;
  for (const dockerfile::Piece& field : dockerfile::split_csv(text)) {
    const auto equals = field.text.find('=');
    if (equals == std::string::npos) refuse(text, cat(quote(field.text), " is not NAME=VALUE"));
    const std::string key = to_lower(field.text.substr(0, equals));
    const std::string value = field.text.substr(equals + 1);
    if (key == "id") {
      source.id = value;
    } else if (key == "src" || key == "source") {
      file = value;
    } else if (key == "env") {
      source.variable = value;
    } else if (key == "type") {
      if (value != "file" && value != "env") refuse(text, cat("the type is file or env, not ", quote(value)));
      type = value;
    } else {
      refuse(text, cat("unexpected key ", quote(key)));
    }
  }
  if (source.id.empty()) refuse(text, "no id");
  if (type == "env" && source.variable.empty()) source.variable = std::exchange(file, "");
  if (source.variable.empty() && file.empty()) {
    const bool variable = type == "env" || (type.empty() && ::getenv(source.id.c_str()) != nullptr);
    (variable ? source.variable : file) = source.id;
  }
  if (!file.empty()) source.variable.clear();
  if (!file.empty()) source.file = std::filesystem::absolute(file);
  check(source, text);
  return source;
}

Fd open_secret(const SecretSource& source) {
  Fd memory = make_memory_file("secret");
  if (!source.file.empty()) {
    copy(open_file(source.file).get(), memory.get());
  } else if (const char* const value = ::getenv(source.variable.c_str())) {
    write_all(memory.get(), value, "secret");
  }
  return memory;
}

std::string read_secret(const Fd& secret, std::string_view id) {
  if (::lseek(secret.get(), 0, SEEK_SET) < 0) throw_errno("read a secret");
  std::string value = read_all(secret.get(), max_secret_size, "secret");
  if (value.find('\0') != std::string::npos)
    throw Error(cat("secret ", quote(id), " has a zero byte, so it can't be an environment variable"));
  return value;
}

}  // namespace husk::build
