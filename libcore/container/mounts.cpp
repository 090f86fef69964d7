#include "libcore/container/mounts.hpp"

#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/container/image_use.hpp"
#include "libcore/container/mount_option.hpp"
#include "libcore/container/root.hpp"
#include "libcore/container/tool_process.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/store/volumes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include <optional>

namespace husk::container {
namespace {

using Kind = store::MountConfig::Kind;

std::string normal(const std::string& target) {
  std::string path = std::filesystem::path(target).lexically_normal().string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::vector<MountOption> collect(const RunOptions& options, const oci::ImageConfig& image) {
  std::vector<MountOption> all;
  for (const std::string& text : options.mounts) all.push_back(parse_mount(text));
  for (const std::string& text : options.volumes) all.push_back(parse_volume(text));
  for (const std::string& text : options.memory_mounts) all.push_back(parse_tmpfs(text));
  std::vector<std::string> targets;
  for (const MountOption& option : all) {
    check_mount(option);
    std::string target = normal(option.mount.target);
    if (std::ranges::find(targets, target) != targets.end())
      throw Error(cat("two mounts on ", quote(target)), Exit::engine);
    targets.push_back(std::move(target));
  }
  for (const std::string& path : image.volumes) {
    if (!path.starts_with('/') || std::ranges::find(targets, normal(path)) != targets.end()) continue;
    targets.push_back(normal(path));
    MountOption option;
    option.mount.kind = Kind::volume;
    option.mount.target = normal(path);
    all.push_back(std::move(option));
  }
  return all;
}

// Without following links, and as far as the caller can see: when in doubt there may be something.
bool may_have_files(const store::Store& store, userns::MapKind map, const oci::ImageConfig& image,
                    const std::string& target) {
  return std::ranges::any_of(image.diff_ids, [&](const oci::Digest& diff_id) {
    const auto tree = store::find_layer(store, map, diff_id);
    if (!tree) return true;
    try {
      const Fd top(::open(tree->c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
      (void)open_beneath(top.get(), target.substr(1), O_PATH);
      return true;
    } catch (const SysError& error) {
      return error.code() != ENOENT;
    }
  });
}

class Maker {
 public:
  Maker(const store::Store& store, const RunOptions& options, const oci::Digest& image_id,
        const oci::ImageConfig& image, userns::MapKind map)
      : store_(store), options_(options), image_id_(image_id), image_(image), map_(map) {}

  NewMounts run() {
    NewMounts made;
    try {
      make(made);
    } catch (...) {
      made.forget(store_);
      throw;
    }
    return made;
  }

 private:
  void make(NewMounts& made) {
    for (MountOption& option : collect(options_, image_)) {
      if (option.mount.kind == Kind::image) find_image(option.mount);
      if (option.mount.kind == Kind::volume) name_volume(option);
      made.mounts.push_back(option.mount);
      if (option.mount.kind == Kind::volume) make_volume(option);
    }
    // Only when all are filled, for which others must not hold them.
    for (const store::MountConfig& mount : made.mounts) {
      if (mount.kind != Kind::volume) continue;
      auto hold = store::hold_volume(store_, mount.source);
      if (!hold) throw Error(cat("volume ", quote(mount.source), " was removed meanwhile"));
      made.holds.push_back(std::move(*hold));
    }
  }

  static void name_volume(MountOption& option) {
    store::MountConfig& mount = option.mount;
    mount.anonymous = mount.source.empty();
    if (mount.anonymous) {
      mount.source = store::choose_volume_name();
      option.labels.emplace(store::anonymous_label, "");
    }
    store::check_volume_name(mount.source);
  }

  void make_volume(MountOption& option) {
    const store::MountConfig& mount = option.mount;
    if (mount.anonymous || !store::find_volume(store_, mount.source)) {
      if (!lease_) lease_.emplace(store_);
      (void)store::make_volume(*lease_, {mount.source, {}, std::move(option.labels)});
    }
    if (!option.no_copy && store::is_empty_volume(store_, mount.source) &&
        may_have_files(store_, map_, image_, normal(mount.target))) {
      run_tool("husk-volume", {"fill", "--userns", options_.userns, "--image", image_id_.str(), "--path",
                               mount.target, "--", mount.source});
    }
  }

  void find_image(store::MountConfig& mount) const {
    const store::Tag tag = resolve_image(store_, mount.source, parse_pull(options_.pull));
    mount.image_id = tag.image_id;
    mount.diff_ids = store::read_config(store_, tag.image_id).diff_ids;
    unpack_layers(store_, mount.source, options_.userns, map_, mount.diff_ids);
  }

  const store::Store& store_;
  const RunOptions& options_;
  const oci::Digest& image_id_;
  const oci::ImageConfig& image_;
  userns::MapKind map_;
  std::optional<store::Lease> lease_;
};

// As docker does for -v; but where somebody mistyped a name, it is at least a directory of theirs.
void make_source(const std::filesystem::path& source) {
  std::error_code failure;
  if (std::filesystem::exists(source, failure)) return;
  std::filesystem::create_directories(source, failure);
  if (failure) throw SysError(failure.value(), cat("make the volume's directory ", quote(source)));
}

runtime::Volume plan_bind(const store::MountConfig& mount) {
  if (mount.make_source) make_source(mount.source);
  runtime::Volume volume{.source = mount.source, .target = mount.target};
  if (mount.read_only)
    volume.read_only = mount.recursive == "writable" ? runtime::ReadOnly::top : runtime::ReadOnly::all;
  if (mount.propagation == "private") volume.propagation = runtime::Propagation::top_apart;
  if (mount.propagation == "slave" || mount.propagation == "rslave")
    volume.propagation = runtime::Propagation::follow;
  volume.with_mounts_below = mount.recursive != "disabled";
  return volume;
}

runtime::Volume plan_volume(const store::Store& store, const store::MountConfig& mount) {
  (void)store::get_volume(store, mount.source);
  runtime::Volume volume{.source = store::volume_tree(store, mount.source), .target = mount.target};
  if (mount.read_only) volume.read_only = runtime::ReadOnly::all;
  if (mount.subpath.empty()) return volume;
  // What is in a volume was written by containers, and they may write now: no link in it leads out, and what
  // is mounted is the file that was found.
  const Fd tree(::open(volume.source.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!tree) throw_errno("open volume ", quote(mount.source));
  const Fd part = in_context([&] { return cat("volume ", mount.source); },
                             [&] { return open_in_root(tree.get(), mount.subpath, O_PATH); });
  struct stat status {};
  if (::fstat(part.get(), &status) != 0) throw_errno("look at ", quote(mount.subpath));
  volume.source = std::filesystem::read_symlink(cat("/proc/self/fd/", part.get()));
  volume.expected = {status.st_dev, status.st_ino};
  return volume;
}

runtime::Mount plan_memory(const store::MountConfig& mount) {
  runtime::MemoryMount memory{.size = mount.size, .inodes = mount.inodes, .mode = mount.mode};
  memory.uid = mount.uid;
  memory.gid = mount.gid;
  memory.executable = mount.executable;
  return {.target = mount.target, .read_only = mount.read_only, .what = memory};
}

// Read-only: what would be written were gone with the container, as with docker's.
runtime::Mount plan_image(const store::Store& store, const store::ContainerConfig& config,
                          const store::MountConfig& mount) {
  runtime::TreeMount tree;
  tree.tree.lower = lower_directories(store, config.map, mount.diff_ids);
  if (!mount.subpath.empty()) tree.path = normal(cat("/", mount.subpath));
  return {.target = mount.target, .read_only = true, .what = std::move(tree)};
}

}  // namespace

void NewMounts::forget(const store::Store& store) {
  holds.clear();
  remove_anonymous_volumes(store, mounts);
}

NewMounts make_mounts(const store::Store& store, const RunOptions& options, const oci::Digest& image_id,
                      const oci::ImageConfig& image, userns::MapKind map) {
  return Maker(store, options, image_id, image, map).run();
}

void add_mounts(const store::Store& store, const store::ContainerConfig& config, runtime::Spec& spec) {
  for (const store::MountConfig& mount : config.mounts) {
    switch (mount.kind) {
      case Kind::bind: spec.volumes.push_back(plan_bind(mount)); break;
      case Kind::volume: spec.volumes.push_back(plan_volume(store, mount)); break;
      case Kind::memory: spec.mounts.push_back(plan_memory(mount)); break;
      case Kind::image: spec.mounts.push_back(plan_image(store, config, mount)); break;
    }
  }
}

void remove_anonymous_volumes(const store::Store& store, const std::vector<store::MountConfig>& mounts) {
  for (const store::MountConfig& mount : mounts) {
    if (mount.kind != Kind::volume || !mount.anonymous) continue;
    if (!store::find_volume(store, mount.source)) continue;  // husk-rm and --rm at the same time
    try {
      store::remove_volume(store, mount.source);
    } catch (const Error& error) {
      // Another container may have got it by its name.
      store.warn(cat("volume ", mount.source, " stays: ", error.what()));
    }
  }
}

}  // namespace husk::container
