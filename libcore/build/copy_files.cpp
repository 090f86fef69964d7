#include "libcore/build/copy_files.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/build/file_content.hpp"
#include "libcore/build/hash_files.hpp"
#include "libcore/build/image_path.hpp"
#include "libcore/build/unpack.hpp"
#include "libcore/dockerfile/change_mode.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <map>

namespace husk::build {
namespace {

void set_times(int fd, const struct timespec& time) {
  const std::array<struct timespec, 2> times = {time, time};
  if (::futimens(fd, times.data()) != 0) throw_errno("set the times of a file");
}

// --chmod is also for the directories that are made on the way, but who may read may enter, too.
mode_t mode_of_new_directories(const CopyOrder& order) {
  if (!order.mode) return 0755;
  const mode_t mode = dockerfile::change_mode(S_IFDIR | 0755, *order.mode) & 07777;
  return mode | ((mode & 0444) >> 2);
}

class Copier {
 public:
  Copier(int root, const CopyOrder& order)
      : root_(root),
        order_(order),
        destination_(root, {order.owner, mode_of_new_directories(order), order.time}) {}

  std::vector<UnsetOwner> run() {
    const bool into_directory = order_.destination.ends_with('/');
    const std::string target = into_directory && order_.destination != "/"
                                   ? order_.destination.substr(0, order_.destination.size() - 1)
                                   : order_.destination;
    if (into_directory) (void)destination_.make_directory(target);
    const bool several = order_.pieces.size() + order_.texts.size() > 1;
    const bool makes_directory = !order_.pieces.empty() && order_.pieces.front().selection.is_directory();
    if (several && !makes_directory && !destination_.is_directory(target)) {
      throw Error(cat("several files are copied to ", quote(target),
                      ", which is no directory and does not end with a /"));
    }
    for (const CopyOrder::Piece& piece : order_.pieces) copy_piece(piece, target);
    for (const CopyOrder::Text& text : order_.texts) write_text(text, target);
    destination_.finish_directories();
    return std::move(destination_.unset_owners());
  }

 private:
  void copy_piece(const CopyOrder::Piece& piece, const std::string& target) {
    source_ = piece.root;
    linked_.clear();
    if (piece.unpack && unpack_archive(piece.selection, target)) return;
    if (piece.selection.is_directory()) {
      copy_directory(piece.selection, target);
    } else {
      if (piece.selection.name.empty() && destination_.is_directory(target)) {
        throw Error(
            cat(quote(target), " is a directory, and the source does not say what the file is called"));
      }
      const Destination::Place place = destination_.place(target, piece.selection.name);
      copy_entry(piece.selection.entries.front(), place.directory.get(), place.name, place.path);
    }
  }

  bool unpack_archive(const Selection& selection, const std::string& target) {
    const SourceEntry& entry = selection.entries.front();
    if (!entry.is_file()) return false;
    const Fd file = open_entry(source_, entry);
    if (!is_tar(file.get())) return false;
    const Fd directory = destination_.make_directory(target);
    std::string prefix = destination_.path_of(directory.get());
    if (!prefix.empty()) prefix += '/';
    for (auto& each : unpack_tar(file.get(), directory.get(), extract_options())) {
      destination_.unset_owners().push_back({prefix + each.path, {each.uid, each.gid}});
    }
    return true;
  }

  // --chown is for all that is in the archive, too.
  archive::ExtractOptions extract_options() const {
    using enum archive::Owners;
    archive::ExtractOptions options;
    options.owners = order_.record_owners ? record : apply;
    if (!order_.owner) return options;
    options.owners = order_.record_owners ? record_fixed : fixed;
    options.uid = order_.owner->uid;
    options.gid = order_.owner->gid;
    return options;
  }

  void copy_directory(const Selection& selection, const std::string& target) {
    (void)destination_.make_directory(target);
    std::map<std::string, Fd, std::less<>> open;  // the directories on the way to the entry at hand
    const Fd top = open_in_root(root_, target, O_RDONLY | O_DIRECTORY);
    for (const SourceEntry& entry : selection.entries) {
      const std::string_view relative = entry.relative();
      if (relative.empty()) continue;
      const auto slash = relative.rfind('/');
      const std::string_view parent = relative.substr(0, slash == std::string_view::npos ? 0 : slash);
      // What is in a directory stands together: one that is not above this entry is not needed again.
      std::erase_if(open, [&](const auto& each) {
        return parent != each.first && !parent.starts_with(cat(each.first, "/"));
      });
      auto at = open.find(parent);
      if (!parent.empty() && at == open.end()) {
        at = open.emplace(parent, open_beneath(top.get(), std::string(parent), O_RDONLY | O_DIRECTORY)).first;
      }
      copy_entry(entry, parent.empty() ? top.get() : at->second.get(), name_of(relative),
                 join(target, relative));
    }
    open.clear();
    set_directory_times(selection, top);
  }

  // Last of all, and the deepest first: writing into a directory changes its times.
  void set_directory_times(const Selection& selection, const Fd& top) {
    for (auto entry = selection.entries.rbegin(); entry != selection.entries.rend(); ++entry) {
      if (!entry->is_directory()) continue;
      const std::string relative(entry->relative());
      const Fd directory = open_beneath(top.get(), relative.empty() ? "." : relative, O_RDONLY | O_DIRECTORY);
      set_times(directory.get(), time_of(*entry));
    }
  }

  void copy_entry(const SourceEntry& entry, int directory, const std::string& name, const std::string& path) {
    if (entry.is_directory()) return make_directory(entry, directory, name, path);
    Destination::clear(directory, name, path);
    if (entry.is_file()) return copy_file(entry, directory, name, path);
    const struct stat& status = entry.status();
    const int made = entry.is_link()
                         ? ::symlinkat(entry.link_target().c_str(), directory, name.c_str())
                         : ::mknodat(directory, name.c_str(), status.st_mode & S_IFMT, status.st_rdev);
    if (made != 0) throw_errno("create ", quote(path));
    destination_.set_owner(directory, name, path, owner_of(entry));
    if (!entry.is_link() && ::fchmodat(directory, name.c_str(), mode_of(entry), 0) != 0)
      throw_errno("set the mode of ", quote(path));
    const std::array<struct timespec, 2> times = {time_of(entry), time_of(entry)};
    if (::utimensat(directory, name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) != 0)
      throw_errno("set the times of ", quote(path));
  }

  void make_directory(const SourceEntry& entry, int parent, const std::string& name,
                      const std::string& path) {
    if (::mkdirat(parent, name.c_str(), 0700) != 0) {
      struct stat there {};
      if (errno != EEXIST || ::fstatat(parent, name.c_str(), &there, AT_SYMLINK_NOFOLLOW) != 0)
        throw_errno("create the directory ", quote(path));
      if (!S_ISDIR(there.st_mode))
        throw Error(cat("cannot copy a directory to ", quote(path), ", which is none"));
    }
    const Fd made = open_beneath(parent, name, O_RDONLY | O_DIRECTORY);
    finish(made.get(), entry, path);
    if (entry.attributes.empty()) return;
    const Fd from = open_beneath(source_, entry.path, O_RDONLY | O_DIRECTORY);
    copy_attributes(from.get(), made.get(), path);
  }

  void copy_file(const SourceEntry& entry, int directory, const std::string& name, const std::string& path) {
    // Names of one file stay names of one file.
    const auto inode = std::pair(entry.status().st_dev, entry.status().st_ino);
    if (entry.status().st_nlink > 1) {
      const auto first = linked_.find(inode);
      if (first != linked_.end() && ::linkat(first->second.first.get(), first->second.second.c_str(),
                                             directory, name.c_str(), 0) == 0) {
        return;
      }
    }
    const Fd from = open_entry(source_, entry);
    Fd to = create(directory, name, path);
    copy_content(from.get(), to.get(), static_cast<std::uint64_t>(entry.status().st_size), path);
    finish(to.get(), entry, path);
    copy_attributes(from.get(), to.get(), path);
    set_times(to.get(), time_of(entry));
    to.close_written(path);
    if (entry.status().st_nlink > 1) {
      Fd parent(::fcntl(directory, F_DUPFD_CLOEXEC, 0));
      if (parent) linked_.emplace(inode, std::pair(std::move(parent), name));
    }
  }

  void write_text(const CopyOrder::Text& text, const std::string& target) {
    const Destination::Place place = destination_.place(target, text.name);
    Destination::clear(place.directory.get(), place.name, place.path);
    Fd to = create(place.directory.get(), place.name, place.path);
    write_all(to.get(), text.content, place.path);
    destination_.set_owner(to.get(), "", place.path, order_.owner.value_or(Owner{}));
    const mode_t mode = order_.mode ? dockerfile::change_mode(0644, *order_.mode) : 0644;
    if (::fchmod(to.get(), mode) != 0) throw_errno("set the mode of ", quote(place.path));
    if (order_.time) set_times(to.get(), {*order_.time, 0});
    to.close_written(place.path);
  }

  static Fd create(int directory, const std::string& name, const std::string& path) {
    Fd file(::openat(directory, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) throw_errno("create ", quote(path));
    return file;
  }

  Owner owner_of(const SourceEntry& entry) const {
    if (order_.owner) return *order_.owner;
    return order_.owner_of ? order_.owner_of(entry) : Owner{};
  }
  mode_t mode_of(const SourceEntry& entry) const {
    return order_.mode ? dockerfile::change_mode(entry.status().st_mode, *order_.mode)
                       : entry.status().st_mode & 07777;
  }
  struct timespec time_of(const SourceEntry& entry) const {
    return order_.time ? timespec{*order_.time, 0} : entry.status().st_mtim;
  }

  // The owner first: chown(2) takes setuid away.
  void finish(int fd, const SourceEntry& entry, const std::string& path) {
    destination_.set_owner(fd, "", path, owner_of(entry));
    if (::fchmod(fd, mode_of(entry)) != 0) throw_errno("set the mode of ", quote(path));
  }

  int root_;
  const CopyOrder& order_;
  Destination destination_;
  int source_ = -1;  // of the piece at hand
  std::map<std::pair<dev_t, ino_t>, std::pair<Fd, std::string>> linked_;
};

}  // namespace

std::vector<UnsetOwner> copy_files(int root, const CopyOrder& order) { return Copier(root, order).run(); }

}  // namespace husk::build
