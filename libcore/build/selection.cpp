#include "libcore/build/selection.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sha256.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <climits>
#include <memory>
#include <optional>

namespace husk::build {
namespace {

using dockerfile::Dialect;
using dockerfile::IgnoreMatcher;
using dockerfile::PathPattern;

std::string join(std::string_view directory, std::string_view name) {
  return directory.empty() ? std::string(name) : cat(directory, "/", name);
}

std::optional<Fd> find_in_root(int root, const std::string& path, int flags) try {
  return open_in_root(root, path.empty() ? "." : path, flags);
} catch (const SysError& error) {
  if (error.code() == ENOENT || error.code() == ENOTDIR) return std::nullopt;
  throw;
}

std::vector<std::string> list(Fd directory, std::string_view path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(directory.get()), ::closedir);
  if (!stream) throw_errno("list ", quote(path));
  (void)directory.release();  // the stream closes it
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* const entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) throw_errno("list ", quote(path));
  std::sort(names.begin(), names.end());
  return names;
}

std::string read_link(int directory, const std::string& name) {
  std::array<char, PATH_MAX> buffer;
  const ssize_t length = ::readlinkat(directory, name.c_str(), buffer.data(), buffer.size());
  if (length < 0) throw_errno("read the link ", quote(name));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

// The path below the root of what is open, links resolved: what the kernel says of both descriptors.
std::string path_below(int root, int fd) {
  const auto path_of = [](int descriptor) { return read_link(AT_FDCWD, cat("/proc/self/fd/", descriptor)); };
  const std::string top = path_of(root), path = path_of(fd);
  if (path == top) return "";
  const std::string prefix = top == "/" ? top : top + "/";
  if (!path.starts_with(prefix)) throw Error(cat(quote(path), " is moving while it is read"));
  return path.substr(prefix.size());
}

bool has_wildcard(std::string_view text) { return text.find_first_of("*?[\\") != std::string_view::npos; }

// The paths that a pattern with wildcards means, component by component.
std::vector<std::string> expand_wildcards(const SourceTree& tree, const std::string& pattern) {
  std::vector<std::string> found = {""};
  std::string_view rest = pattern;
  while (!rest.empty()) {
    const std::string_view component = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(component.size() + 1, rest.size()));
    std::vector<std::string> next;
    for (const std::string& directory : found) {
      if (!has_wildcard(component)) {
        next.push_back(join(directory, component));
        continue;
      }
      const PathPattern matcher(component, Dialect::glob);
      auto opened = find_in_root(tree.root, directory, O_RDONLY | O_DIRECTORY);
      if (!opened) continue;
      for (const std::string& name : list(std::move(*opened), directory)) {
        const std::string path = join(directory, name);
        if (matcher.matches(name) && (tree.ignore == nullptr || !tree.ignore->matches(path)))
          next.push_back(path);
      }
    }
    found = std::move(next);
  }
  return found;
}

class Walker {
 public:
  Walker(const SourceTree& tree, Selection& selection) : tree_(tree), selection_(selection) {}

  // False if the thing itself is ignored and nothing in it is let in.
  bool walk(SourceEntry top) {
    const bool ignored = tree_.ignore != nullptr && !top.path.empty() && tree_.ignore->matches(top.path);
    if (ignored && !(top.is_directory() && tree_.ignore->may_readmit_below(top.path))) return false;
    if (!ignored && !top.is_directory() && excluded(selection_.name)) return false;
    selection_.entries.push_back(std::move(top));
    const bool directory = selection_.entries.front().is_directory();
    if (directory) read_directories();
    std::sort(selection_.entries.begin(), selection_.entries.end(),
              [](const auto& a, const auto& b) { return a.relative < b.relative; });
    return !ignored || selection_.entries.size() > 1;
  }

 private:
  bool excluded(std::string_view relative) const {
    return tree_.exclude != nullptr && tree_.exclude->matches(relative);
  }

  struct Pending {
    SourceEntry directory;
    bool left_out;  // listed only for what is let in again below it
  };

  void read_directories() {
    pending_.push_back({selection_.entries.front(), false});
    while (!pending_.empty()) {
      Pending next = std::move(pending_.back());
      pending_.pop_back();
      read_directory(next);
    }
  }

  void read_directory(const Pending& parent) {
    const std::string& path = parent.directory.path;
    Fd fd = open_beneath(tree_.root, path.empty() ? "." : path, O_RDONLY | O_DIRECTORY);
    Fd copy(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
    if (!copy) throw_errno("duplicate a descriptor");
    bool kept = !parent.left_out;
    for (const std::string& name : list(std::move(copy), path)) {
      SourceEntry entry{join(path, name), join(parent.directory.relative, name)};
      const bool ignored =
          (tree_.ignore != nullptr && tree_.ignore->matches(entry.path)) || excluded(entry.relative);
      if (ignored && !may_readmit(entry)) continue;
      if (::fstatat(fd.get(), name.c_str(), &entry.status, AT_SYMLINK_NOFOLLOW) != 0) {
        throw_errno("examine ", quote(entry.path));
      }
      if (entry.is_directory()) pending_.push_back({entry, ignored});
      if (ignored || S_ISSOCK(entry.status.st_mode)) continue;
      if (S_ISLNK(entry.status.st_mode)) entry.link_target = read_link(fd.get(), name);
      if (!kept) selection_.entries.push_back(parent.directory);
      kept = true;
      if (!entry.is_directory() || !ignored) selection_.entries.push_back(std::move(entry));
    }
  }

  bool may_readmit(const SourceEntry& entry) const {
    return (tree_.ignore != nullptr && tree_.ignore->may_readmit_below(entry.path)) ||
           (tree_.exclude != nullptr && tree_.exclude->may_readmit_below(entry.relative));
  }

  const SourceTree& tree_;
  Selection& selection_;
  std::vector<Pending> pending_;
};

}  // namespace

std::vector<Selection> select(const SourceTree& tree, const std::string& pattern) {
  const std::string clean = dockerfile::clean_path("/" + pattern).substr(1);
  std::vector<std::string> paths = {clean};
  if (has_wildcard(clean)) paths = expand_wildcards(tree, clean);
  std::vector<Selection> found;
  for (const std::string& path : paths) {
    const auto fd = find_in_root(tree.root, path, O_PATH);
    if (!fd) continue;
    SourceEntry top{path_below(tree.root, fd->get()), ""};
    if (::fstat(fd->get(), &top.status) != 0) throw_errno("examine ", quote(path));
    Selection selection{path.substr(path.rfind('/') + 1), {}};
    if (Walker(tree, selection).walk(std::move(top))) found.push_back(std::move(selection));
  }
  return found;
}

std::string digest_of(const std::vector<Selection>& selections, const DigestOptions& options,
                      const std::function<std::string(const SourceEntry&)>& hash_of) {
  Sha256 hash;
  const auto put = [&hash](std::string_view value) {
    hash.update(as_bytes(cat(value.size(), ":")));
    hash.update(as_bytes(value));
  };
  for (const Selection& selection : selections) {
    put(selection.is_directory() ? "directory" : selection.name);
    for (const SourceEntry& entry : selection.entries) {
      const struct stat& status = entry.status;
      // What a link has for a mode means nothing, and the top of a directory's content is not copied itself.
      const bool mode_counts =
          options.with_modes && !S_ISLNK(status.st_mode) && !(entry.relative.empty() && entry.is_directory());
      put(entry.relative);
      put(cat(status.st_mode & S_IFMT, " ", mode_counts ? status.st_mode & 07777 : 0));
      if (options.with_owners) put(cat(status.st_uid, ":", status.st_gid));
      if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) put(cat(status.st_rdev));
      if (S_ISLNK(status.st_mode)) put(entry.link_target);
      if (entry.is_file()) put(hash_of(entry));
    }
  }
  return to_hex(hash.finish());
}

Fd open_entry(int root, const SourceEntry& entry) {
  // Not blocked by a fifo that took the file's place.
  Fd fd = open_beneath(root, entry.path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw_errno("examine ", quote(entry.path));
  const bool same = status.st_ino == entry.status.st_ino && status.st_size == entry.status.st_size &&
                    status.st_mtim.tv_sec == entry.status.st_mtim.tv_sec &&
                    status.st_mtim.tv_nsec == entry.status.st_mtim.tv_nsec && S_ISREG(status.st_mode);
  if (!same) throw Error(cat(quote(entry.path), " changed while it was read"));
  return fd;
}

std::string hash_file(int root, const SourceEntry& entry) {
  const Fd fd = open_entry(root, entry);
  Sha256 hash;
  std::array<std::byte, 131072> buffer;
  while (const std::size_t count = read_some(fd.get(), buffer)) hash.update(std::span(buffer).first(count));
  return to_hex(hash.finish());
}

}  // namespace husk::build
