#include "libcore/build/copy_files.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/build/file_content.hpp"
#include "libcore/build/unpack.hpp"
#include "libcore/dockerfile/change_mode.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <map>

namespace husk::build {
namespace {

std::string parent_of(std::string_view path) { return std::string(path.substr(0, path.rfind('/'))); }
std::string name_of(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

class Copier {
 public:
  Copier(int root, const CopyOrder& order) : root_(root), order_(order) {}

  std::vector<UnsetOwner> run() {
    const bool into_directory = order_.destination.ends_with('/');
    const std::string target = into_directory && order_.destination != "/"
                                   ? order_.destination.substr(0, order_.destination.size() - 1)
                                   : order_.destination;
    if (into_directory) (void)make(target);
    if (!into_directory && order_.selections.size() > 1 && !is_directory(target)) {
      throw Error(cat("several files are copied to ", quote(target),
                      ", which is no directory and does not end with a /"));
    }
    for (const Selection& selection : order_.selections) {
      if (order_.unpack && unpack_archive(selection, target)) continue;
      if (selection.is_directory()) {
        copy_directory(selection, target);
      } else {
        copy_one(selection, target);
      }
    }
    for (const CopyOrder::Text& text : order_.texts) write_text(text, target);
    return std::move(unset_);
  }

 private:
  Fd make(const std::string& path) {
    return make_directories(root_, path, [&](int parent, const std::string& name) {
      if (order_.owner) set_owner(parent, name, path, *order_.owner);
      if (order_.directory_time) {
        const struct timespec time = {*order_.directory_time, 0};
        const struct timespec times[2] = {time, time};
        (void)::utimensat(parent, name.c_str(), times, AT_SYMLINK_NOFOLLOW);  // only to be reproducible
      }
    });
  }

  // The directory, and the name in it, that a file becomes: below PATH if that is a directory.
  struct Place {
    Fd directory;
    std::string name;
    std::string path;
  };
  Place place_file(const std::string& path, const std::string& name) {
    if (path == "/" || is_directory(path))
      return {open_in_root(root_, path, O_PATH | O_DIRECTORY), name, join(path, name)};
    Fd directory = make(parent_of(path).empty() ? "/" : parent_of(path));
    return {std::move(directory), name_of(path), path};
  }
  bool is_directory(const std::string& path) const try {
    (void)open_in_root(root_, path, O_PATH | O_DIRECTORY);
    return true;
  } catch (const SysError& error) {
    if (error.code() == ENOENT || error.code() == ENOTDIR) return false;
    throw;
  }
  static std::string join(const std::string& directory, const std::string& name) {
    return directory == "/" ? "/" + name : cat(directory, "/", name);
  }

  // Takes away what a file is going to replace.
  static void clear(int directory, const std::string& name, const std::string& path) {
    if (::unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT) return;
    if (errno == EISDIR || errno == EPERM)
      throw Error(cat("cannot replace the directory ", quote(path), " with a file"));
    throw_errno("remove ", quote(path));
  }

  bool unpack_archive(const Selection& selection, const std::string& target) {
    const SourceEntry& entry = selection.entries.front();
    if (!entry.is_file()) return false;
    const Fd file = open_entry(order_.source, entry);
    if (!is_tar(file.get())) return false;
    const Fd directory = make(target);
    const std::string prefix = target == "/" ? "" : target.substr(1) + "/";
    for (auto& each : unpack_tar(file.get(), directory.get(),
                                 order_.record_owners ? archive::Owners::record : archive::Owners::apply)) {
      unset_.push_back({prefix + each.path, {each.uid, each.gid}});
    }
    return true;
  }

  void copy_one(const Selection& selection, const std::string& target) {
    const Place place = place_file(target, selection.name);
    copy_entry(selection.entries.front(), place.directory.get(), place.name, place.path);
  }

  void copy_directory(const Selection& selection, const std::string& target) {
    (void)make(target);
    std::map<std::string, Fd> open;  // the directories on the way to the entry at hand
    open[""] = open_in_root(root_, target, O_RDONLY | O_DIRECTORY);
    for (const SourceEntry& entry : selection.entries) {
      if (entry.relative.empty()) continue;
      const auto slash = entry.relative.rfind('/');
      const std::string parent = slash == std::string::npos ? "" : entry.relative.substr(0, slash);
      // Sorted by name: what is not an ancestor of this entry is not needed again, or is opened again.
      std::erase_if(open, [&](const auto& each) {
        return !each.first.empty() && parent != each.first && !parent.starts_with(each.first + "/");
      });
      if (!open.contains(parent)) {
        open[parent] = open_beneath(open[""].get(), parent, O_RDONLY | O_DIRECTORY);
      }
      const int directory = open[parent].get();
      const std::string path = join(target, entry.relative);
      copy_entry(entry, directory, name_of(entry.relative), path);
    }
    set_directory_times(selection, target);
  }

  // Last of all, and the deepest first: writing into a directory changes its times.
  void set_directory_times(const Selection& selection, const std::string& target) {
    const Fd top = open_in_root(root_, target, O_PATH | O_DIRECTORY);
    for (auto entry = selection.entries.rbegin(); entry != selection.entries.rend(); ++entry) {
      if (!entry->is_directory() || entry->relative.empty()) continue;
      const Fd directory = open_beneath(top.get(), entry->relative, O_RDONLY | O_DIRECTORY);
      set_times(directory.get(), entry->status);
    }
  }

  void copy_entry(const SourceEntry& entry, int directory, const std::string& name, const std::string& path) {
    const struct stat& status = entry.status;
    if (entry.is_directory()) {
      if (::mkdirat(directory, name.c_str(), 0700) != 0) {
        struct stat there {};
        if (errno != EEXIST || ::fstatat(directory, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0) {
          throw_errno("create the directory ", quote(path));
        }
        if (!S_ISDIR(there.st_mode))
          throw Error(cat("cannot copy a directory to ", quote(path), ", which is none"));
      }
      const Fd made = open_beneath(directory, name, O_RDONLY | O_DIRECTORY);
      finish(made.get(), entry, path);
      return;
    }
    clear(directory, name, path);
    if (entry.is_file()) return copy_file(entry, directory, name, path);
    const int made = S_ISLNK(status.st_mode)
                         ? ::symlinkat(entry.link_target.c_str(), directory, name.c_str())
                         : ::mknodat(directory, name.c_str(), status.st_mode & S_IFMT, status.st_rdev);
    if (made != 0) throw_errno("create ", quote(path));
    set_owner(directory, name, path, owner_of(entry));
    if (!S_ISLNK(status.st_mode) && ::fchmodat(directory, name.c_str(), mode_of(entry), 0) != 0) {
      throw_errno("set the mode of ", quote(path));
    }
    const struct timespec times[2] = {status.st_mtim, status.st_mtim};
    if (::utimensat(directory, name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
      throw_errno("set the times of ", quote(path));
  }

  void copy_file(const SourceEntry& entry, int directory, const std::string& name, const std::string& path) {
    // Names of one file stay names of one file.
    const auto inode = std::pair(entry.status.st_dev, entry.status.st_ino);
    if (entry.status.st_nlink > 1) {
      const auto first = linked_.find(inode);
      if (first != linked_.end() && ::linkat(first->second.first.get(), first->second.second.c_str(),
                                             directory, name.c_str(), 0) == 0) {
        return;
      }
    }
    const Fd from = open_entry(order_.source, entry);
    Fd to(::openat(directory, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!to) throw_errno("create ", quote(path));
    copy_content(from.get(), to.get(), static_cast<std::uint64_t>(entry.status.st_size), path);
    finish(to.get(), entry, path);
    copy_attributes(from.get(), to.get(), path);
    set_times(to.get(), entry.status);
    to.close_written(path);
    if (entry.status.st_nlink > 1) {
      Fd parent(::fcntl(directory, F_DUPFD_CLOEXEC, 0));
      if (parent) linked_.emplace(inode, std::pair(std::move(parent), name));
    }
  }

  void write_text(const CopyOrder::Text& text, const std::string& target) {
    const Place place = place_file(target, text.name);
    clear(place.directory.get(), place.name, place.path);
    Fd to(::openat(place.directory.get(), place.name.c_str(),
                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!to) throw_errno("create ", quote(place.path));
    write_all(to.get(), text.content, place.path);
    set_owner(place.directory.get(), place.name, place.path, order_.owner.value_or(Owner{}));
    const mode_t mode = order_.mode ? dockerfile::change_mode(0644, *order_.mode) : 0644;
    if (::fchmod(to.get(), mode) != 0) throw_errno("set the mode of ", quote(place.path));
    if (order_.directory_time) {
      const struct timespec time = {*order_.directory_time, 0};
      const struct timespec times[2] = {time, time};
      if (::futimens(to.get(), times) != 0) throw_errno("set the times of ", quote(place.path));
    }
    to.close_written(place.path);
  }

  Owner owner_of(const SourceEntry& entry) const {
    if (order_.owner) return *order_.owner;
    return order_.owner_of ? order_.owner_of(entry) : Owner{};
  }
  mode_t mode_of(const SourceEntry& entry) const {
    return order_.mode ? dockerfile::change_mode(entry.status.st_mode, *order_.mode)
                       : entry.status.st_mode & 07777;
  }

  // The owner first: chown(2) takes setuid away.
  void finish(int fd, const SourceEntry& entry, const std::string& path) {
    set_owner(fd, "", path, owner_of(entry));
    if (::fchmod(fd, mode_of(entry)) != 0) throw_errno("set the mode of ", quote(path));
  }

  void set_owner(int directory, const std::string& name, const std::string& path, Owner owner) {
    if (::fchownat(directory, name.c_str(), owner.uid, owner.gid, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) == 0)
      return;
    if (errno != EINVAL) throw_errno("set the owner of ", quote(path));
    unset_.push_back({path.substr(1), owner});  // an id that is not mapped
  }

  static void set_times(int fd, const struct stat& status) {
    const struct timespec times[2] = {status.st_mtim, status.st_mtim};
    if (::futimens(fd, times) != 0) throw_errno("set the times of a file");
  }

  int root_;
  const CopyOrder& order_;
  std::map<std::pair<dev_t, ino_t>, std::pair<Fd, std::string>> linked_;
  std::vector<UnsetOwner> unset_;
};

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

std::vector<UnsetOwner> copy_files(int root, const CopyOrder& order) { return Copier(root, order).run(); }

}  // namespace husk::build
