#include "libcore/build/destination.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/build/image_path.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <climits>
#include <filesystem>

namespace husk::build {
namespace {

std::optional<Fd> find_directory(int root, const std::string& path) try {
  return open_in_root(root, path, O_PATH | O_DIRECTORY);
} catch (const SysError& error) {
  if (error.code() == ENOENT || error.code() == ENOTDIR) return std::nullopt;
  throw;
}

// Where a link at the end of PATH leads. ".." in it is for the kernel: what is before it may be a link, too.
std::string follow_last_link(int root, std::string path) {
  for (int links = 0;; ++links) {
    const auto directory = find_directory(root, parent_of(path));
    if (!directory) return path;
    std::array<char, PATH_MAX> target;
    const ssize_t length =
        ::readlinkat(directory->get(), name_of(path).c_str(), target.data(), target.size());
    if (length < 0) return path;  // not there, or no link
    if (links == max_links) throw Error(cat("too many symbolic links at ", quote(path)));
    const std::string_view to(target.data(), static_cast<std::size_t>(length));
    path = to.starts_with('/') ? std::string(to) : join(parent_of(path), to);
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  }
}

}  // namespace

Fd make_directories(int root, const std::string& path,
                    const std::function<void(int parent, const std::string& name)>& made) {
  std::string_view rest = path;
  std::string done = "/";
  Fd directory = open_in_root(root, "/", O_PATH | O_DIRECTORY);
  while (!rest.empty()) {
    const std::string name(rest.substr(0, rest.find('/')));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    if (name.empty()) continue;
    done += (done == "/" ? "" : "/") + name;
    // From the top each time: a link on the way may be absolute, and is so inside the root.
    try {
      directory = open_in_root(root, done, O_PATH | O_DIRECTORY);
    } catch (const SysError& error) {
      if (error.code() == ENOTDIR)
        throw Error(cat("cannot copy to ", quote(path), ": ", quote(done), " is no directory"));
      if (error.code() != ENOENT) throw;
      const std::string real = follow_last_link(root, done);
      if (real != done) {
        directory = make_directories(root, real, made);
        continue;
      }
      if (::mkdirat(directory.get(), name.c_str(), 0755) != 0)
        throw_errno("create the directory ", quote(done));
      // The umask is the caller's; the image's directories are not.
      if (::fchmodat(directory.get(), name.c_str(), 0755, 0) != 0)
        throw_errno("set the mode of ", quote(done));
      made(directory.get(), name);
      directory = open_in_root(root, done, O_PATH | O_DIRECTORY);
    }
  }
  return directory;
}

bool Destination::is_directory(const std::string& path) const {
  return find_directory(root_, path).has_value();
}

Fd Destination::make_directory(const std::string& path) {
  return make_directories(root_, path, [&](int parent, const std::string& name) {
    if (directories_.owner) set_owner(parent, name, path, *directories_.owner);
    if (directories_.mode != 0755 && ::fchmodat(parent, name.c_str(), directories_.mode, 0) != 0)
      throw_errno("set the mode of ", quote(path));
    if (directories_.time) {
      Fd copy(::fcntl(parent, F_DUPFD_CLOEXEC, 0));
      if (!copy) throw_errno("duplicate a descriptor");
      made_.push_back({std::move(copy), name});
    }
  });
}

void Destination::finish_directories() const {
  const struct timespec time = {directories_.time.value_or(0), 0};
  const std::array<struct timespec, 2> times = {time, time};
  for (const Made& each : made_) {
    // One that a copied file has replaced is none of ours any more, and a failure only makes it less
    // reproducible.
    (void)::utimensat(each.parent.get(), each.name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
  }
}

Destination::Place Destination::place(const std::string& path, const std::string& name) {
  if (auto directory = find_directory(root_, path)) return {std::move(*directory), name, join(path, name)};
  const std::string real = follow_last_link(root_, path);
  return {make_directory(parent_of(real)), name_of(real), real};
}

std::string Destination::path_of(int directory) const {
  const auto known_to_kernel = [](int fd) {
    return std::filesystem::read_symlink(cat("/proc/self/fd/", fd)).native();
  };
  const std::string top = known_to_kernel(root_), path = known_to_kernel(directory);
  if (path.size() <= top.size()) return {};
  return path.substr(top == "/" ? 1 : top.size() + 1);
}

void Destination::clear(int directory, const std::string& name, const std::string& path) {
  if (::unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT) return;
  if (errno == EISDIR || errno == EPERM)
    throw Error(cat("cannot replace the directory ", quote(path), " with a file"));
  throw_errno("remove ", quote(path));
}

void Destination::set_owner(int directory, const std::string& name, const std::string& path, Owner owner) {
  if (::fchownat(directory, name.c_str(), owner.uid, owner.gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) == 0)
    return;
  if (errno != EINVAL) throw_errno("set the owner of ", quote(path));
  // An id that is not mapped. PATH may lead through links, and the layer's metadata must not.
  const std::string real = path_of(directory);
  unset_.push_back({name.empty() ? real : real.empty() ? name : cat(real, "/", name), owner});
}

}  // namespace husk::build
