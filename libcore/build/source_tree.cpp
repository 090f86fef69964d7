#include "libcore/build/source_tree.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/directory_stream.hpp"
#include "libcore/base/error.hpp"
#include "libcore/build/file_content.hpp"
#include "libcore/build/image_path.hpp"
#include "libcore/build/parallel.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <climits>

namespace husk::build {
namespace {

// Fewer directories are read before a thread has started.
constexpr std::size_t worth_threads = 16;

const std::string& or_dot(const std::string& path) {
  static const std::string dot = ".";
  return path.empty() ? dot : path;
}

std::string read_link(int directory, const std::string& name) {
  std::array<char, PATH_MAX> buffer;
  const ssize_t length = ::readlinkat(directory, name.c_str(), buffer.data(), buffer.size());
  if (length < 0) throw_errno("read the link ", quote(name));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

// False if there is no such name.
bool examine(int directory, SourceFile& child) {
  if (::fstatat(directory, child.name.c_str(), &child.status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG) return false;
    throw_errno("examine ", quote(child.name));
  }
  if (S_ISLNK(child.status.st_mode)) child.link_target = read_link(directory, child.name);
  return true;
}

std::size_t parent_length(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? 0 : slash;
}

// "a/b" in front of what is still to be walked.
void push_components(std::vector<std::string>& todo, std::string_view path) {
  const auto at = static_cast<std::ptrdiff_t>(todo.size());
  while (!path.empty()) {
    const std::string_view component = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(component.size() + 1, path.size()));
    if (!component.empty() && component != ".") todo.emplace_back(component);
  }
  std::reverse(todo.begin() + at, todo.end());
}

}  // namespace

Fd open_source(int root, const std::string& path, int flags) {
  try {
    return open_beneath(root, path, flags);
  } catch (SysError& error) {
    if (error.code() == EACCES) error.set_hint("make it readable, or name it in .dockerignore");
    throw;
  }
}

std::string join_path(std::string_view directory, std::string_view name) {
  return directory.empty() ? std::string(name) : cat(directory, "/", name);
}

SourceTree::SourceTree(int root, const dockerfile::IgnoreMatcher* ignore) : root_(root), ignore_(ignore) {}

dockerfile::IgnoreMatcher::Verdicts SourceTree::verdicts_of(const std::string& path) const {
  dockerfile::IgnoreMatcher::Verdicts verdicts, own;
  for (std::size_t slash = 0; !path.empty() && slash != std::string::npos;) {
    slash = path.find('/', slash + 1);
    (void)ignore_->matches(std::string_view(path).substr(0, slash), verdicts, own);
    verdicts.swap(own);
  }
  return verdicts;
}

SourceTree::Directory SourceTree::read(const std::string& path) const {
  Directory directory;
  DirectoryStream listing(open_source(root_, or_dot(path), O_RDONLY | O_DIRECTORY), path);
  if (ignore_ != nullptr) directory.verdicts = verdicts_of(path);
  directory.attributes = read_attributes(listing.fd(), path);
  dockerfile::IgnoreMatcher::Verdicts own;
  std::vector<std::pair<std::string, bool>> names;  // and whether it is left out
  while (const dirent* const entry = listing.next()) {
    bool left_out = false;
    if (ignore_ != nullptr) {
      const std::string below = join_path(path, entry->d_name);
      left_out = ignore_->matches(below, directory.verdicts, own);
      const bool may_count =
          (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) && ignore_->may_readmit_below(below);
      if (left_out && !may_count) continue;
    }
    names.emplace_back(entry->d_name, left_out);
  }
  std::sort(names.begin(), names.end());
  directory.children.reserve(names.size());
  for (auto& [name, left_out] : names) {
    auto& child = directory.children.emplace_back(SourceFile{.name = std::move(name), .left_out = left_out});
    // One that is gone by now was not there.
    if (!examine(listing.fd(), child) || (left_out && !child.is_directory())) directory.children.pop_back();
  }
  return directory;
}

SourceTree::Directory& SourceTree::read_once(const std::string& path) {
  auto& directory = directories_[path];
  if (!directory) directory = std::make_unique<Directory>(read(path));
  return *directory;
}

SourceTree::Directory& SourceTree::list(const std::string& path) {
  Directory& directory = read_once(path);
  if (!directory.settled) {
    directory.settled = true;
    std::erase_if(directory.children, [&](const SourceFile& child) {
      return child.left_out && list(join_path(path, child.name)).children.empty();
    });
  }
  return directory;
}

void SourceTree::load(const std::string& path) {
  if (!loaded_.insert(path).second) return;
  for (std::vector<std::string> level = {path}; !level.empty();) {
    std::vector<const std::string*> unread;
    for (const std::string& each : level) {
      if (!directories_.contains(each)) unread.push_back(&each);
    }
    if (unread.size() >= worth_threads) {
      std::vector<std::unique_ptr<Directory>> read_now(unread.size());
      for_each_parallel(unread.size(),
                        [&](std::size_t i) { read_now[i] = std::make_unique<Directory>(read(*unread[i])); });
      for (std::size_t i = 0; i < unread.size(); ++i) directories_[*unread[i]] = std::move(read_now[i]);
    }
    std::vector<std::string> next;
    for (const std::string& each : level) {
      for (const SourceFile& child : read_once(each).children) {
        if (child.is_directory()) next.push_back(join_path(each, child.name));
      }
    }
    level = std::move(next);
  }
}

SourceFile* SourceTree::find_child(const std::string& directory, const std::string& name) {
  // Of an image, one name is not worth the list of a directory like /usr/bin.
  if (ignore_ == nullptr && !directories_.contains(directory)) {
    const std::string path = join_path(directory, name);
    const auto known = single_.find(path);
    if (known != single_.end()) return &known->second;
    const Fd fd = open_beneath(root_, or_dot(directory), O_PATH | O_DIRECTORY);
    SourceFile child{.name = name};
    return examine(fd.get(), child) ? &single_.emplace(path, std::move(child)).first->second : nullptr;
  }
  auto& children = list(directory).children;
  const auto found = std::lower_bound(
      children.begin(), children.end(), name,
      [](const SourceFile& child, const std::string& wanted) { return child.name < wanted; });
  return found != children.end() && found->name == name ? &*found : nullptr;
}

std::optional<SourceEntry> SourceTree::find(std::string_view path) {
  std::vector<std::string> todo;  // the next one is last
  push_components(todo, path);
  SourceEntry at;
  bool examined = false;  // what is at at.path, if that may be no directory
  for (int links = 0; !todo.empty();) {
    const std::string name = std::move(todo.back());
    todo.pop_back();
    if (examined && !at.is_directory()) return std::nullopt;
    if (name == "..") {
      at.path.resize(parent_length(at.path));
      examined = false;
      continue;
    }
    SourceFile* const child = find_child(at.path, name);
    if (child == nullptr) return std::nullopt;
    if (S_ISLNK(child->status.st_mode)) {
      if (++links > max_links) throw Error(cat("too many symbolic links in ", quote(path)));
      if (child->link_target.starts_with('/')) at.path.clear();
      examined = false;
      push_components(todo, child->link_target);
      continue;
    }
    at.path = join_path(at.path, name);
    at.file = child;
    examined = true;
  }
  if (!examined && !at.path.empty()) {
    const std::size_t parent = parent_length(at.path);
    at.file = find_child(at.path.substr(0, parent), at.path.substr(parent == 0 ? 0 : parent + 1));
    if (at.file == nullptr) return std::nullopt;
  } else if (!examined) {
    at.file = &single_[""];
    if (::fstat(root_, &at.file->status) != 0) throw_errno("examine the top directory");
  }
  at.prefix = at.path.size();
  return at;
}

}  // namespace husk::build
