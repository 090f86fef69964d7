#include "libcore/archive/extract.hpp"

#include "libcore/archive/attributes.hpp"
#include "libcore/archive/entry_path.hpp"
#include "libcore/archive/pending_directories.hpp"
#include "libcore/archive/tar_reader.hpp"
#include "libcore/archive/tree.hpp"
#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <filesystem>
#include <map>

namespace husk::archive {
namespace {

/// So that files have their mode from the call that makes them.
class NoUmask {
 public:
  NoUmask() : before_(::umask(0)) {}
  NoUmask(const NoUmask&) = delete;
  ~NoUmask() { (void)::umask(before_); }

 private:
  mode_t before_;
};

class Unpacker {
 public:
  Unpacker(Source tar, int root, const ExtractOptions& options)
      : reader_(std::move(tar)), root_(root), options_(options), tree_(root, options) {}

  Extracted run();

 private:
  void place(const TarEntry& entry);
  std::string path_of(const std::string& name) const;
  bool place_whiteout(const TarEntry& entry, const std::string& path);
  void place_directory(const std::string& path, const TarEntry& entry, Attributes attributes);
  void place_file(const Tree::Parent& parent, const std::string& name, const TarEntry& entry,
                  const Attributes& attributes);
  void place_other(const Tree::Parent& parent, const std::string& name, const TarEntry& entry,
                   const Attributes& attributes);
  std::int64_t write_content(int file, const std::string& name);
  const Tree::Parent& open_parent(std::string_view path, Time mtime);
  std::optional<Owner> default_owner() const;
  Time time_of(const TarEntry& entry) const;
  Attributes attributes_of(const TarEntry& entry) const;
  void note_attributes(const TarEntry& entry);
  void record_owner(const Tree::Parent& parent, const std::string& name, const TarEntry& entry);
  std::string real_path(int fd) const;
  void count_bytes(std::int64_t size);

  TarReader reader_;
  int root_;
  const ExtractOptions& options_;
  Tree tree_;
  Extracted result_;
  Notes notes_;
  std::vector<Tree::Made> made_;
  PendingDirectories directories_;
  std::map<std::string, Owner> owners_;
};

Extracted Unpacker::run() {
  const NoUmask no_umask;
  for (;;) {
    const TarEntry* const entry =
        in_context([&] { return cat("entry ", result_.entries + 1); }, [&] { return reader_.next(); });
    if (entry == nullptr) break;
    if (++result_.entries > options_.max_entries)
      throw Error(cat("more than ", options_.max_entries, " entries"));
    in_context([&] { return cat("entry ", result_.entries, " ", quote(entry->path)); },
               [&] { place(*entry); });
  }
  directories_.finish(root_, notes_);
  reader_.drain();
  for (const auto& [path, owner] : owners_) result_.owners.push_back({path, owner.uid, owner.gid});
  result_.notes = notes_.lines();
  return std::move(result_);
}

void Unpacker::place(const TarEntry& entry) {
  const std::string path = path_of(entry.path);
  if (options_.whiteouts == Whiteouts::overlay && place_whiteout(entry, path)) return;
  note_attributes(entry);
  Attributes attributes = attributes_of(entry);
  if (path.empty() && entry.kind != TarEntry::Kind::directory)
    throw Error("the top of the archive is not a directory");
  if (entry.kind == TarEntry::Kind::directory) return place_directory(path, entry, std::move(attributes));

  const SplitPath split = split_path(path);
  const std::string name(split.name);
  const Tree::Parent& parent = open_parent(split.parent, time_of(entry));
  if (entry.kind == TarEntry::Kind::file) {
    place_file(parent, name, entry, attributes);
  } else {
    place_other(parent, name, entry, attributes);
  }
  record_owner(parent, name, entry);
}

// Where in the tree NAME of the archive is.
std::string Unpacker::path_of(const std::string& name) const {
  std::string path = clean_path(name);
  if (!options_.only.empty() && path != options_.only && !path.starts_with(cat(options_.only, "/")))
    throw Error(cat("it is not below ", quote(options_.only)));
  if (options_.directory.empty()) return path;
  return path.empty() ? options_.directory : cat(options_.directory, "/", path);
}

bool Unpacker::place_whiteout(const TarEntry& entry, const std::string& path) {
  const Whiteout whiteout = classify(path);
  if (whiteout.kind == WhiteoutKind::none) return false;
  if (whiteout.kind == WhiteoutKind::ignored) {
    notes_.add(cat(quote(path)), "bookkeeping of aufs");
    return true;
  }
  if (entry.kind != TarEntry::Kind::file) throw Error("invalid whiteout: not a regular file");
  const Tree::Parent& parent = open_parent(split_path(path).parent, time_of(entry));
  if (whiteout.kind == WhiteoutKind::removal) {
    tree_.mark_removed(parent, std::string(whiteout.name));
  } else {
    tree_.mark_opaque(open_beneath(parent.fd.get(), ".", O_RDONLY | O_DIRECTORY).get());
  }
  return true;
}

void Unpacker::place_directory(const std::string& path, const TarEntry& entry, Attributes attributes) {
  struct stat status {};
  if (path.empty()) {
    if (::fstat(root_, &status) != 0) throw_errno("look at the top directory");
  } else {
    const SplitPath split = split_path(path);
    const std::string name(split.name);
    const Tree::Parent& parent = open_parent(split.parent, attributes.mtime);
    // Its owner must be able to fill it.
    tree_.make_directory(parent, name, (attributes.mode | 0700) & 0777);
    if (::fstatat(parent.fd.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
      throw_errno("look at it");
    record_owner(parent, name, entry);
  }
  directories_.add(path, inode_of(status), std::move(attributes));
}

void Unpacker::place_file(const Tree::Parent& parent, const std::string& name, const TarEntry& entry,
                          const Attributes& attributes) {
  count_bytes(entry.size);
  Fd file = tree_.make_file(parent, name, attributes.mode & 0777);
  const std::int64_t end = write_content(file.get(), name);
  if (end > entry.size) throw Error("it has more content than its size says");
  // A hole at the end.
  if (end < entry.size && ::ftruncate(file.get(), entry.size) != 0) throw_errno("set its size");
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw_errno("look at it");
  tree_.remember(status);
  apply(file.get(), status, attributes, notes_);
  file.close_written(name);
}

std::int64_t Unpacker::write_content(int file, const std::string& name) {
  std::int64_t position = 0;
  TarReader::Piece piece;
  while (reader_.read(piece)) {
    if (piece.bytes.empty()) continue;
    if (piece.offset != position && ::lseek(file, piece.offset, SEEK_SET) < 0) throw_errno("make a hole");
    write_all(file, piece.bytes, name);
    position = piece.offset + static_cast<std::int64_t>(piece.bytes.size());
  }
  return position;
}

void Unpacker::place_other(const Tree::Parent& parent, const std::string& name, const TarEntry& entry,
                           const Attributes& attributes) {
  using enum TarEntry::Kind;
  if (entry.kind == hard_link) return tree_.make_link(parent, name, path_of(entry.link));
  // To overlayfs it would be a whiteout that the grammar above has not seen.
  if (entry.kind == device && entry.device == 0) throw Error("device 0:0 is no file but a mark of overlayfs");
  if (entry.kind == device || entry.kind == socket) {
    notes_.add(cat(quote(entry.path)),
               entry.kind == socket ? "sockets have no content" : "devices can't be made without privileges");
    return;
  }
  if (entry.kind == symlink) {
    tree_.make_symlink(parent, name, entry.link);
  } else {
    tree_.make_fifo(parent, name, attributes.mode & 0777);
  }
  struct stat status {};
  if (::fstatat(parent.fd.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) throw_errno("look at it");
  tree_.remember(status);
  apply_at(parent.fd.get(), name, status, attributes);
}

const Tree::Parent& Unpacker::open_parent(std::string_view path, Time mtime) {
  made_.clear();
  const Tree::Parent& parent = tree_.open_parent(path, made_);
  for (Tree::Made& made : made_) {
    Attributes attributes;
    attributes.mode = 0755;
    attributes.mtime = mtime;  // not the clock's: the same archive gives the same tree
    attributes.owner = default_owner();
    directories_.add(std::move(made.path), made.inode, std::move(attributes));
  }
  return parent;
}

// Of what the archive does not decide about.
std::optional<Owner> Unpacker::default_owner() const {
  switch (options_.owners) {
    case Owners::fixed: return Owner{options_.uid, options_.gid};
    case Owners::apply: return Owner{::geteuid(), ::getegid()};
    case Owners::record:
    case Owners::record_fixed: break;
  }
  return std::nullopt;
}

Time Unpacker::time_of(const TarEntry& entry) const {
  return options_.newest ? std::min(entry.mtime, Time{*options_.newest, 0}) : entry.mtime;
}

Attributes Unpacker::attributes_of(const TarEntry& entry) const {
  Attributes attributes;
  attributes.owner = checked_owner(entry.uid, entry.gid);
  if (options_.owners != Owners::apply) attributes.owner = default_owner();
  attributes.mode = entry.mode & options_.modes & 07777;
  attributes.mtime = time_of(entry);
  attributes.xattrs = entry.xattrs;
  return attributes;
}

void Unpacker::note_attributes(const TarEntry& entry) {
  if (entry.has_acl)
    notes_.add(cat("access list of ", quote(entry.path)), "this kind of access list is not for archives");
}

void Unpacker::record_owner(const Tree::Parent& parent, const std::string& name, const TarEntry& entry) {
  if (options_.owners != Owners::record && options_.owners != Owners::record_fixed) return;
  const Owner owner = options_.owners == Owners::record ? checked_owner(entry.uid, entry.gid)
                                                        : Owner{options_.uid, options_.gid};
  if (owner == Owner{} && owners_.empty()) return;
  const std::string directory = real_path(parent.fd.get());
  const std::string path = directory.empty() ? name : cat(directory, "/", name);
  if (owner == Owner{}) {
    owners_.erase(path);
  } else {
    owners_.insert_or_assign(path, owner);
  }
}

// A path of the archive may lead through symbolic links; pack() will come along without.
std::string Unpacker::real_path(int fd) const {
  const std::string root = std::filesystem::read_symlink(cat("/proc/self/fd/", root_));
  const std::string path = std::filesystem::read_symlink(cat("/proc/self/fd/", fd));
  return path.size() > root.size() ? path.substr(root == "/" ? 1 : root.size() + 1) : std::string();
}

void Unpacker::count_bytes(std::int64_t size) {
  const auto bytes = static_cast<std::uint64_t>(size);
  if (size < 0 || bytes > options_.max_bytes - result_.bytes)
    throw Error(cat("the files are larger than ", options_.max_bytes, " bytes"));
  result_.bytes += bytes;
}

}  // namespace

Extracted extract(const Source& tar, int root, const ExtractOptions& options) {
  return Unpacker(tar, root, options).run();
}

}  // namespace husk::archive
