#include "libcore/build/root_output.hpp"

#include "libcore/archive/pack.hpp"
#include "libcore/archive/remove_tree.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/build/background.hpp"
#include "libcore/build/imported_caches.hpp"
#include "libcore/build/temporary_directory.hpp"
#include "libcore/runtime/rootfs.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/store/recorded_owners.hpp"
#include "libcore/transfer/signal.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>

namespace husk::build {
namespace {

// The file in a directory of its own, to be the topmost layer; the lease removes it.
std::filesystem::path make_extra_layer(const Session& session, const RootFiles::Extra& extra) {
  const TemporaryDirectory directory = make_temporary_directory(session.lease);
  Fd file = sys::create_at(directory.fd.get(), extra.name, O_CREAT | O_EXCL | O_WRONLY, 0600);
  sys::write_all(file.get(), extra.text, extra.name);
  if (const auto& date = session.options.source_date) {
    const struct timespec time = {*date, 0};
    const std::array<struct timespec, 2> times = {time, time};
    if (::futimens(file.get(), times.data()) != 0) throw_errno("set the time of ", quote(extra.name));
  }
  return directory.path;
}

runtime::Rootfs merged_layers(const Session& session, const RootFiles& files) {
  const auto& diff_ids = files.config.diff_ids;
  ensure_layers(session, diff_ids);
  runtime::Rootfs rootfs;
  for (const oci::Digest& diff_id : diff_ids) {
    auto tree = store::find_layer(session.store(), session.map.kind, diff_id);
    if (!tree) throw Error(cat("layer ", diff_id.str(), " is missing"));
    rootfs.lower.push_back(std::move(*tree));
  }
  if (files.extra) rootfs.lower.push_back(make_extra_layer(session, *files.extra));
  std::reverse(rootfs.lower.begin(), rootfs.lower.end());
  return rootfs;
}

/// A directory beside DESTINATION that takes its name when it is complete.
class NewDirectory {
 public:
  explicit NewDirectory(const std::filesystem::path& destination) : destination_(destination) {
    const auto parent = destination.has_parent_path() ? destination.parent_path() : ".";
    parent_.reset(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!parent_) throw_errno("open ", quote(parent));
    name_ = cat(".", destination.filename().string(), "-", random_hex(8));
    if (::mkdirat(parent_.get(), name_.c_str(), 0755) != 0) throw_errno("make ", quote(destination));
  }
  NewDirectory(const NewDirectory&) = delete;
  ~NewDirectory() {
    if (name_.empty()) return;
    try {
      archive::remove_tree(parent_.get(), name_);
    } catch (const Error&) {
      // Another error is on its way, and says more.
    }
  }

  Fd open() const {
    Fd directory(::openat(parent_.get(), name_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory) throw_errno("open ", quote(destination_));
    return directory;
  }
  void commit() {
    const std::string name = destination_.filename();
    if (::renameat(parent_.get(), name_.c_str(), parent_.get(), name.c_str()) != 0)
      throw_errno("make ", quote(destination_));
    name_.clear();
  }

 private:
  std::filesystem::path destination_;
  Fd parent_;
  std::string name_;
};

void fill(const Session& session, const RootFiles& files, int directory) {
  const transfer::IgnorePipeSignal ignore;
  Pipe pipe = make_pipe();
  // The image's files are read in its user namespace, and written here, by the caller, as any program of his.
  Background extracting([&]() -> std::string {
    pipe.write_end.reset();
    // Whoever ran a set-user-ID program here would be the caller, not the user of the image that it is for.
    (void)archive::extract(
        archive::read_from(pipe.read_end.get()), directory,
        {.whiteouts = archive::Whiteouts::literal, .owners = archive::Owners::record, .modes = 01777});
    return "";
  });
  pipe.read_end.reset();
  std::optional<Error> unread;
  try {
    write_root_tar(session, files, pipe.write_end.get());
  } catch (const Error& error) {
    unread = error;
  }
  pipe.write_end.reset();
  (void)extracting.wait();  // what went wrong there is the reason for what went wrong here
  if (unread) throw Error(*unread);
}

// "out/" is "out".
std::filesystem::path without_slash(std::filesystem::path path) {
  path = path.lexically_normal();
  return path.has_filename() || !path.has_relative_path() ? path : path.parent_path();
}

}  // namespace

void write_root_tar(const Session& session, const RootFiles& files, int out, const RootPlace& place) {
  archive::PackOptions options{
      .whiteouts = archive::Whiteouts::literal, .prefix = place.prefix, .goes_on = place.goes_on};
  const runtime::Rootfs rootfs = merged_layers(session, files);
  if (session.map.kind == userns::MapKind::single)
    options.owners = store::recorded_owners(session.store(), session.map.kind, files.config.diff_ids, {});
  (void)runtime::in_rootfs(session.map, rootfs, [&](int root) {
    (void)archive::pack(root, archive::write_to(out), options);
    return std::string();
  });
}

void write_root_directory(const Session& session, const RootFiles& files,
                          const std::filesystem::path& destination) {
  const std::filesystem::path path = without_slash(destination);
  const Fd there(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (there) return fill(session, files, there.get());
  if (errno != ENOENT) throw_errno("open ", quote(path));
  NewDirectory made(path);
  fill(session, files, made.open().get());
  made.commit();
}

}  // namespace husk::build
