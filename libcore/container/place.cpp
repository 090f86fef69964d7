#include "libcore/container/place.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"

#include <fcntl.h>
#include <linux/limits.h>
#include <unistd.h>
#include <array>
#include <filesystem>
#include <optional>

namespace husk::container {
namespace {

constexpr int max_links = 40;  // as the kernel, path_resolution(7)

std::string read_link(int directory, const std::string& name) {
  std::array<char, PATH_MAX> target;
  const ssize_t size = ::readlinkat(directory, name.c_str(), target.data(), target.size());
  if (size < 0) throw_errno("read link ", quote(name));
  return {target.data(), static_cast<std::size_t>(size)};
}

// One step: PATH with everything but its last name resolved.
Place find_here(int root, const std::string& path) {
  Place place;
  const std::size_t slash = path.rfind('/');
  place.parent = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  place.name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (place.name.empty() || place.name == "..") {
    place.parent = path.empty() ? "." : path;
    place.name = ".";
  }
  place.directory = open_in_root(root, place.parent, O_PATH | O_DIRECTORY);
  if (::fstatat(place.directory.get(), place.name.c_str(), &place.status, AT_SYMLINK_NOFOLLOW) == 0) {
    place.exists = true;
  } else if (errno != ENOENT) {
    throw_errno("look at ", quote(path));
  }
  return place;
}

}  // namespace

std::string CopyPath::base() const { return path.substr(path.rfind('/') + 1); }

// Lexically, as docker does it: "a/../b" is "b" whatever "a" is.
CopyPath parse_copy_path(const std::string& text) {
  CopyPath parsed;
  parsed.contents = text == "." || text.ends_with("/.");
  parsed.wants_directory = parsed.contents || text.ends_with("/");
  parsed.path = std::filesystem::path(cat("/", text)).lexically_normal().relative_path().string();
  while (parsed.path.ends_with('/')) parsed.path.pop_back();
  if (parsed.path == ".") parsed.path.clear();
  if (parsed.path.empty()) parsed.contents = true;
  return parsed;
}

Place find_place(int root, const std::string& path, LastLink last) {
  std::string where = path;
  for (int links = 0; links < max_links; ++links) {
    Place place = find_here(root, where);
    if (last == LastLink::keep || !place.exists || !S_ISLNK(place.status.st_mode)) return place;
    const std::string target = read_link(place.directory.get(), place.name);
    where = target.starts_with('/') ? target : cat(place.parent, "/", target);
    while (where.size() > 1 && where.ends_with('/')) where.pop_back();
  }
  throw Error(cat(quote(path), ": too many symbolic links"));
}

}  // namespace husk::container
