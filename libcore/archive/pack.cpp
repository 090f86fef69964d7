#include "libcore/archive/pack.hpp"

#include "libcore/archive/entry_path.hpp"
#include "libcore/archive/file_xattrs.hpp"
#include "libcore/archive/tar_writer.hpp"
#include "libcore/archive/tree.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/list_directory.hpp"

#include <fcntl.h>
#include <linux/limits.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>

namespace husk::archive {
namespace {

constexpr std::size_t read_size = std::size_t{512} << 10;
constexpr mode_t whiteout_mode = 0600;

class Packer {
 public:
  Packer(const Sink& out, const PackOptions& options) : writer_(out), options_(options) {}

  /// What is in the open directory; PATH is its own in the tree.
  void add_children(int dir, const std::string& path);
  void add(int dir, const std::string& name, const std::string& path);
  void add_directory(int dir, const std::string& path);
  std::vector<std::string> finish() {
    writer_.finish(options_.goes_on ? TarWriter::End::none : TarWriter::End::archive);
    return std::move(notes_);
  }

 private:
  Fd add_one(int dir, const std::string& name, const std::string& path);
  bool add_mark(const std::string& name, const std::string& path, const struct stat& status);
  void add_file(int dir, const std::string& name, const std::string& path);
  void add_other(int dir, const std::string& name, const std::string& path, const struct stat& status);
  bool add_link(const std::string& path, const struct stat& status);
  void add_whiteout(const std::string& path);
  void copy_content(int file, std::int64_t size, const std::string& path);
  TarEntry describe(const std::string& path, const struct stat& status) const;
  std::string archive_path(const std::string& path) const;
  const RecordedOwner* find_owner(const std::string& path) const;

  TarWriter writer_;
  const PackOptions& options_;
  std::vector<std::string> notes_;
  std::unordered_map<Inode, std::string, HashInode> links_;  // of files with more than one name: the first
  // Not filled with zeros: most layers touch little of it.
  std::unique_ptr<std::byte[]> buffer_ = std::make_unique_for_overwrite<std::byte[]>(read_size);
};

struct stat status_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw_errno("look at it");
  return status;
}

Fd open_here(int dir, const std::string& name, int flags) {
  Fd fd(::openat(dir, name.c_str(), flags | O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd) throw_errno("open");
  return fd;
}

std::string read_link(int dir, const std::string& name) {
  std::array<char, PATH_MAX> target;
  const ssize_t size = ::readlinkat(dir, name.c_str(), target.data(), target.size());
  if (size < 0) throw_errno("read link");
  return {target.data(), static_cast<std::size_t>(size)};
}

std::string join(const std::string& path, const std::string& name) {
  return path.empty() ? name : cat(path, "/", name);
}

void Packer::add_children(int dir, const std::string& path) {
  for (const std::string& name : list_directory(dir)) add(dir, name, join(path, name));
}

void Packer::add(int dir, const std::string& name, const std::string& path) {
  // A directory is given its context where it is opened and read: not once for each level above.
  const Fd inner = in_context([&] { return cat(quote(path)); }, [&] { return add_one(dir, name, path); });
  if (inner) add_directory(inner.get(), path);
}

// A directory is only opened.
Fd Packer::add_one(int dir, const std::string& name, const std::string& path) {
  struct stat status {};
  if (::fstatat(dir, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) throw_errno("look at it");
  if (options_.whiteouts == Whiteouts::overlay && add_mark(name, path, status)) return Fd();
  if (S_ISDIR(status.st_mode)) return open_here(dir, name, O_DIRECTORY);
  if (S_ISSOCK(status.st_mode)) {
    notes_.push_back(cat(quote(path), " left out: a socket"));
  } else if (!add_link(path, status)) {
    S_ISREG(status.st_mode) ? add_file(dir, name, path) : add_other(dir, name, path, status);
  }
  return Fd();
}

// What the file systems of containers leave in an upper directory; true if it is that.
bool Packer::add_mark(const std::string& name, const std::string& path, const struct stat& status) {
  if (is_whiteout(status)) {
    const SplitPath split = split_path(path);
    add_whiteout(join(std::string(split.parent), cat(".wh.", split.name)));
    return true;
  }
  if (!name.starts_with(".wh.")) return false;
  // fuse-overlayfs without privileges writes them as files. Others would make an archive that nobody can
  // unpack.
  if (!S_ISREG(status.st_mode) || name.starts_with(".wh..") || name == ".wh.") {
    notes_.push_back(cat(quote(path), " left out: only a whiteout may have such a name"));
    return true;
  }
  add_whiteout(path);
  return true;
}

// The same for each: when something was removed is no part of a layer.
void Packer::add_whiteout(const std::string& path) {
  TarEntry entry;
  entry.path = archive_path(path);
  entry.mode = whiteout_mode;
  writer_.begin(entry);
}

void Packer::add_directory(int dir, const std::string& path) {
  in_context([&] { return cat(quote(path)); },
             [&] {
               TarEntry entry = describe(path, status_of(dir));
               entry.kind = TarEntry::Kind::directory;
               entry.xattrs = read_xattrs(dir);
               if (!entry.path.empty()) writer_.begin(entry);
               if (options_.whiteouts == Whiteouts::overlay && is_opaque(dir))
                 add_whiteout(join(path, ".wh..wh..opq"));
             });
  add_children(dir, path);
}

bool Packer::add_link(const std::string& path, const struct stat& status) {
  if (status.st_nlink < 2) return false;
  const auto [first, is_new] = links_.try_emplace(inode_of(status), archive_path(path));
  if (is_new) return false;
  TarEntry entry = describe(path, status);
  entry.kind = TarEntry::Kind::hard_link;
  entry.link = first->second;
  writer_.begin(entry);
  return true;
}

void Packer::add_file(int dir, const std::string& name, const std::string& path) {
  const Fd file = open_here(dir, name, 0);
  const struct stat status = status_of(file.get());
  if (!S_ISREG(status.st_mode)) throw Error("it was replaced while it was read");
  TarEntry entry = describe(path, status);
  entry.size = status.st_size;
  entry.xattrs = read_xattrs(file.get());
  writer_.begin(entry);
  copy_content(file.get(), status.st_size, path);
}

// A file that a running program writes to may be shorter or longer by now: the archive has the size that it
// said.
void Packer::copy_content(int file, std::int64_t size, const std::string& path) {
  auto left = static_cast<std::uint64_t>(size);
  while (left > 0) {
    const auto piece = std::span(buffer_.get(), std::min<std::uint64_t>(left, read_size));
    const std::size_t count = read_some(file, piece);
    if (count == 0) break;
    writer_.write(piece.first(count));
    left -= count;
  }
  if (left > 0) notes_.push_back(cat(quote(path), " became shorter while it was read"));
}

void Packer::add_other(int dir, const std::string& name, const std::string& path, const struct stat& status) {
  TarEntry entry = describe(path, status);
  if (S_ISLNK(status.st_mode)) {
    entry.kind = TarEntry::Kind::symlink;
    entry.link = read_link(dir, name);
  } else if (S_ISFIFO(status.st_mode)) {
    entry.kind = TarEntry::Kind::fifo;
  } else {
    entry.kind = TarEntry::Kind::device;
    entry.device = status.st_rdev;
  }
  writer_.begin(entry);
}

TarEntry Packer::describe(const std::string& path, const struct stat& status) const {
  TarEntry entry;
  entry.path = archive_path(path);
  entry.mode = status.st_mode;
  entry.mtime = {status.st_mtim.tv_sec, static_cast<std::int32_t>(status.st_mtim.tv_nsec)};
  if (const RecordedOwner* const owner = find_owner(path); owner != nullptr) {
    entry.uid = owner->uid;
    entry.gid = owner->gid;
  } else if (!options_.root_owns_all) {
    entry.uid = status.st_uid;
    entry.gid = status.st_gid;
  }
  return entry;
}

std::string Packer::archive_path(const std::string& path) const {
  return path.empty() ? options_.prefix : join(options_.prefix, path);
}

const RecordedOwner* Packer::find_owner(const std::string& path) const {
  const auto found = std::lower_bound(
      options_.owners.begin(), options_.owners.end(), path,
      [](const RecordedOwner& owner, const std::string& wanted) { return owner.path < wanted; });
  return found != options_.owners.end() && found->path == path ? &*found : nullptr;
}

}  // namespace

std::vector<std::string> pack(int dir, const Sink& out, const PackOptions& options) {
  Packer packer(out, options);
  const Fd readable = open_here(dir, ".", O_DIRECTORY);  // theirs may be O_PATH
  packer.add_directory(readable.get(), {});
  return packer.finish();
}

std::vector<std::string> pack_entry(int dir, const std::string& name, const Sink& out,
                                    const PackOptions& options) {
  Packer packer(out, options);
  packer.add(dir, name, {});
  return packer.finish();
}

}  // namespace husk::archive
