#include "libcore/archive/file_xattrs.hpp"

#include "libcore/archive/attributes.hpp"
#include "libcore/archive/xattr_policy.hpp"
#include "libcore/base/error.hpp"

#include <linux/limits.h>
#include <sys/xattr.h>
#include <algorithm>
#include <array>
#include <optional>

namespace husk::archive {
namespace {

bool is_absent(int code) { return code == ENODATA || code == ENOTSUP; }

std::optional<std::string> find_xattr(int fd, const std::string& name) {
  std::string value(XATTR_SIZE_MAX, '\0');
  const ssize_t size = ::fgetxattr(fd, name.c_str(), value.data(), value.size());
  if (size < 0 && is_absent(errno)) return std::nullopt;
  if (size < 0) throw_errno("read xattr ", quote(name));
  value.resize(static_cast<std::size_t>(size));
  return value;
}

bool is_marked(int dir, const char* name) {
  std::array<char, 2> value{};
  return ::fgetxattr(dir, name, value.data(), value.size()) == 1 && value[0] == 'y';
}

}  // namespace

std::vector<Xattr> read_xattrs(int fd) {
  std::array<char, 4096> few{};
  std::string many;
  std::string_view names;
  ssize_t size = ::flistxattr(fd, few.data(), few.size());
  if (size < 0 && errno == ERANGE) {
    many.resize(XATTR_LIST_MAX);
    size = ::flistxattr(fd, many.data(), many.size());
  }
  if (size < 0 && is_absent(errno)) return {};
  if (size < 0) throw_errno("list xattrs");
  names = {many.empty() ? few.data() : many.data(), static_cast<std::size_t>(size)};

  std::vector<Xattr> xattrs;
  while (!names.empty()) {
    const std::string name(names.substr(0, names.find('\0')));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    if (!may_pass(name)) continue;
    auto value = find_xattr(fd, name);
    if (!value) continue;
    if (name == capability_xattr) value = portable_capability(std::move(*value));
    xattrs.push_back({name, std::move(*value)});
  }
  std::sort(xattrs.begin(), xattrs.end(), [](const Xattr& a, const Xattr& b) { return a.name < b.name; });
  return xattrs;
}

bool is_opaque(int dir) { return is_marked(dir, opaque_xattr) || is_marked(dir, fuse_opaque_xattr); }

}  // namespace husk::archive
