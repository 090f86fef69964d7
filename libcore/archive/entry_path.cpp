#include "libcore/archive/entry_path.hpp"

#include "libcore/base/error.hpp"

#include <linux/limits.h>
#include <vector>

namespace husk::archive {
namespace {

constexpr std::string_view whiteout_prefix = ".wh.";
constexpr std::string_view aufs_prefix = ".wh..wh.";
constexpr std::string_view opaque_name = ".wh..wh..opq";

}  // namespace

std::string clean_path(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) throw Error("path has a NUL");
  std::vector<std::string_view> names;
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (name.empty() || name == ".") continue;
    if (name != "..") {
      names.push_back(name);
    } else if (names.empty()) {
      throw Error("path leads out of the archive");
    } else {
      names.pop_back();
    }
  }
  std::string clean;
  for (const std::string_view name : names) {
    if (!clean.empty()) clean += '/';
    clean += name;
  }
  if (clean.size() >= PATH_MAX) throw Error(cat("path is longer than ", PATH_MAX - 1, " bytes"));
  return clean;
}

SplitPath split_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {{}, path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

Whiteout classify(std::string_view path) {
  for (std::string_view rest = path; !rest.empty();) {
    const std::string_view name = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    if (!name.starts_with(whiteout_prefix)) continue;
    if (name == opaque_name && rest.empty()) return {WhiteoutKind::opaque, {}};
    if (name.starts_with(aufs_prefix) && name != aufs_prefix && name != opaque_name)
      return {WhiteoutKind::ignored, {}};
    const std::string_view removed = name.substr(whiteout_prefix.size());
    if (!rest.empty() || removed.empty() || removed == "." || removed == ".." || name == aufs_prefix)
      throw Error(cat("invalid whiteout ", quote(name)));
    return {WhiteoutKind::removal, removed};
  }
  return {};
}

}  // namespace husk::archive
