#include "libcore/store/store.hpp"

#include "libcore/base/directory_stream.hpp"
#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/probe.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <charconv>

namespace husk::store {
namespace {

constexpr int format = 1;
constexpr std::size_t max_version_size = 4096;

// PATH with all that leads to it, as mkdir -p; what is made is nobody else's business.
void make_directories(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return;
  if (path.has_parent_path() && path.parent_path() != path) make_directories(path.parent_path());
  (void)sys::try_make_directory_at(AT_FDCWD, path, 0700);
}

void check_owner(int directory, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(directory, &status) != 0) throw_errno("look at store ", quote(path));
  if (status.st_uid != ::geteuid()) {
    Error error(cat("the store ", quote(path), " belongs to user ", status.st_uid));
    error.set_hint("set HUSK_ROOT to a directory of yours");
    throw error;
  }
  if ((status.st_mode & 022) != 0) {
    Error error(cat("the store ", quote(path), " is writable by others"));
    error.set_hint(cat("see who did that, then: chmod 700 ", escape(path.native())));
    throw error;
  }
  // Images have files with set-user-id bits: nobody but the owner may reach them (CVE-2021-41091).
  if ((status.st_mode & 055) != 0 && ::chmod(path.c_str(), 0700) != 0) {
    throw_errno("close the store ", quote(path), " to others");
  }
}

std::optional<std::string> read_version(int directory) {
  const Fd file(::openat(directory, "version", O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) throw_errno("open the store's file \"version\"");
  return read_all(file.get(), max_version_size, "version");
}

void check_version(const std::string& text, const std::filesystem::path& path) {
  int number = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), number);
  if (number == format) return;
  Error error(cat("the store ", quote(path), " has format ", number, "; this program knows format ", format));
  error.set_hint(number > format ? "a newer husk made it: use that one, or set HUSK_ROOT to another directory"
                                 : "its file \"version\" is damaged");
  throw error;
}

// A directory with other people's files in it is not made into a store by a slip in HUSK_ROOT.
bool is_foreign(int directory) {
  Fd readable(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!readable) throw_errno("read the store's directory");
  DirectoryStream stream(std::move(readable), ".");
  while (const dirent* const entry = stream.next()) {
    if (!std::string_view(entry->d_name).starts_with(probe_prefix)) return true;
  }
  return false;
}

void initialize(int directory, const std::filesystem::path& path) {
  if (is_foreign(directory) && !read_version(directory)) {
    Error error(cat("the directory ", quote(path), " is not empty and not a store"));
    error.set_hint("set HUSK_ROOT to an empty directory");
    throw error;
  }
  const std::string text = cat(format, "\n", probe_file_system(directory, path));
  const Fd file = sys::create_at(directory, ".", O_TMPFILE | O_WRONLY, 0600);
  sys::write_all(file.get(), text, "version");
  sys::sync_data(file.get(), "version");
  (void)sys::try_link_file(file.get(), directory, "version");  // false: another process was faster
  sys::reached("store.made");
}

}  // namespace

Store::Store(std::filesystem::path path, Fd directory, Warn warn)
    : path_(std::move(path)), directory_(std::move(directory)), warn_(std::move(warn)) {}

Store Store::open(Warn warn) {
  const auto chosen = find_environment("HUSK_ROOT");
  return open(chosen ? std::filesystem::path(*chosen) : xdg_data_home() / "husk", std::move(warn));
}

Store Store::open(const std::filesystem::path& path, Warn warn) {
  const std::filesystem::path absolute = std::filesystem::absolute(path).lexically_normal();
  Fd directory(::open(absolute.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory && errno == ENOENT) {
    make_directories(absolute);
    directory.reset(::open(absolute.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  if (!directory) throw_errno("open the store ", quote(absolute));
  check_owner(directory.get(), absolute);
  auto version = read_version(directory.get());
  if (!version) {
    initialize(directory.get(), absolute);
    version = read_version(directory.get());
  }
  check_version(version.value_or(""), absolute);
  return {absolute, std::move(directory), std::move(warn)};
}

Fd Store::open_directory(const std::string& name) const {
  const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  Fd found(::openat(directory(), name.c_str(), flags));
  if (found || errno != ENOENT) {
    if (!found) throw_errno("open the store's directory ", quote(name));
    return found;
  }
  for (std::size_t end = name.find('/'); end != std::string::npos; end = name.find('/', end + 1)) {
    (void)sys::try_make_directory_at(directory(), name.substr(0, end), 0700);
  }
  (void)sys::try_make_directory_at(directory(), name, 0700);
  found.reset(::openat(directory(), name.c_str(), flags));
  if (!found) throw_errno("open the store's directory ", quote(name));
  return found;
}

}  // namespace husk::store
