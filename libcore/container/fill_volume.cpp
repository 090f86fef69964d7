#include "libcore/container/fill_volume.hpp"

#include "libcore/archive/extract.hpp"
#include "libcore/archive/pack.hpp"
#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/container/half.hpp"
#include "libcore/container/root.hpp"
#include "libcore/runtime/rootfs.hpp"
#include "libcore/userns/run_in.hpp"

#include <fcntl.h>
#include <optional>

namespace husk::container {
namespace {

constexpr const char* top = "tree";  // as store/volumes.hpp has it

std::optional<Fd> find_directory(int root, const std::string& path) {
  try {
    return open_in_root(root, path, O_RDONLY | O_DIRECTORY);
  } catch (const SysError& error) {
    if (error.code() == ENOENT || error.code() == ENOTDIR) return std::nullopt;
    throw;
  }
}

// In a process of its own: the directory as a tar, or nothing at all.
std::string send(const runtime::Rootfs& rootfs, const std::string& path, const userns::IdMap& map,
                 int output) {
  return runtime::in_rootfs(map, rootfs, [&](int root) -> std::string {
    const auto directory = find_directory(root, path);
    if (!directory) return "";
    archive::PackOptions options{.whiteouts = archive::Whiteouts::literal, .prefix = top};
    (void)archive::pack(directory->get(), archive::write_to(output), options);
    return "";
  });
}

std::string receive(int input, int volume, const userns::IdMap& map) {
  return userns::run_in(map, [&]() -> std::string {
    archive::ExtractOptions options;
    options.whiteouts = archive::Whiteouts::literal;
    options.owners = map.kind == userns::MapKind::single ? archive::Owners::record : archive::Owners::apply;
    options.only = top;
    (void)archive::extract(archive::read_from(input), volume, options);
    return "";
  });
}

}  // namespace

void fill_volume(const store::Store& store, const std::string& name, const store::Tag& image,
                 const std::string& path, const userns::IdMap& map) {
  runtime::Rootfs rootfs;
  rootfs.lower = lower_directories(store, map.kind, store::read_config(store, image.image_id).diff_ids);
  store::fill_volume(store, name, [&](int volume) {
    Pipe pipe = make_pipe();
    Half sender([&] {
      pipe.read_end.reset();
      return send(rootfs, path, map, pipe.write_end.get());
    });
    pipe.write_end.reset();
    const auto finish = [&] { (void)sender.wait(); };
    try {
      (void)receive(pipe.read_end.get(), volume, map);
    } catch (const Error&) {
      pipe.read_end.reset();
      finish();  // what kept it from sending all is the reason
      throw;
    }
    finish();
  });
}

}  // namespace husk::container
