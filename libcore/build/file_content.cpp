#include "libcore/build/file_content.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string>

namespace husk::build {
namespace {

bool belongs_in_image(std::string_view name) {
  if (name == "security.capability") return true;
  return name.starts_with("user.") && !name.starts_with("user.overlay.") &&
         !name.starts_with("user.fuseoverlayfs.") && !name.starts_with("user.containers.");
}

void copy_by_hand(int from, int to, std::string_view path) {
  std::array<std::byte, 131072> buffer;
  while (const std::size_t count = read_some(from, buffer))
    write_all(to, std::span(buffer).first(count), path);
}

void for_each_attribute(int fd, std::string_view path,
                        const std::function<void(const std::string&, std::string_view)>& body) {
  const auto checked = [&](ssize_t length) {
    if (length < 0) throw_errno("read the attributes of ", quote(path));
    return static_cast<std::size_t>(length);
  };
  const ssize_t size = ::flistxattr(fd, nullptr, 0);  // 0 of nearly all files
  if (size == 0 || (size < 0 && (errno == ENOTSUP || errno == E2BIG))) return;
  std::string names(checked(size), '\0');
  names.resize(checked(::flistxattr(fd, names.data(), names.size())));
  std::string_view rest = names;
  std::set<std::string> sorted;
  while (!rest.empty()) {
    const std::string_view name = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    if (belongs_in_image(name)) sorted.emplace(name);
  }
  for (const std::string& name : sorted) {
    std::string value(checked(::fgetxattr(fd, name.c_str(), nullptr, 0)), '\0');
    value.resize(checked(::fgetxattr(fd, name.c_str(), value.data(), value.size())));
    body(name, value);
  }
}

}  // namespace

void copy_content(int from, int to, std::uint64_t size, std::string_view path) {
  if (size == 0) return;
  if (::ioctl(to, FICLONE, from) == 0) return;
  while (size > 0) {
    const ssize_t count = ::copy_file_range(from, nullptr, to, nullptr, size, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 &&
        (errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS || errno == EPERM)) {
      return copy_by_hand(from, to, path);  // both offsets are where it stopped
    }
    if (count < 0) throw_errno("copy ", quote(path));
    if (count == 0) throw Error(cat(quote(path), " became shorter while it was read"));
    size -= static_cast<std::uint64_t>(count);
  }
}

std::string read_attributes(int fd, std::string_view path) {
  std::string out;
  for_each_attribute(fd, path, [&](const std::string& name, std::string_view value) {
    out += cat(name.size(), ":", name, value.size(), ":", value);
  });
  return out;
}

void copy_attributes(int from, int to, std::string_view path) {
  for_each_attribute(from, path, [&](const std::string& name, std::string_view value) {
    if (::fsetxattr(to, name.c_str(), value.data(), value.size(), 0) != 0) {
      throw_errno("set attribute ", quote(name), " of ", quote(path));
    }
  });
}

}  // namespace husk::build
