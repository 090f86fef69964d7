#include "libcore/archive/pack.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sha256.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/layer_file.hpp"
#include "libcore/store/layer_source.hpp"
#include "libcore/store/measure_tree.hpp"

#include <fcntl.h>
#include <array>
#include <vector>

namespace husk::store {
std::optional<LayerPacker> start_packing(const Store& store, userns::MapKind kind,
                                         const oci::Digest& diff_id) {
  if (layer_state(store, kind, diff_id) == LayerState::absent) return std::nullopt;
  const LayerInfo info = read_layer_info(store, kind, diff_id);
  const std::filesystem::path path = store.path() / layer_directory(kind, diff_id) / tree_name;
  Fd tree(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!tree) throw_errno("open ", quote(path));
  Pipe pipe = make_pipe();
  widen_pipe(pipe.write_end.get());
  const int out = pipe.write_end.get();
  const int in = pipe.read_end.get();
  const int root = tree.get();
  userns::Running running = userns::start_in(userns::choose_map(kind), [=] {
    (void)::close(in);  // or the end of the reader would not be noticed
    Sha256 hash;
    const archive::Sink write = archive::write_to(out);
    const auto hash_and_write = [&](std::span<const std::byte> bytes) {
      hash.update(bytes);
      write(bytes);
    };
    (void)archive::pack(root, hash_and_write, layer_pack_options(kind, info.owners));
    return oci::Digest::of_sha256(hash.finish()).str();
  });
  return LayerPacker{std::move(pipe.read_end), std::move(running)};
}

void write_layer_tar(const Store& store, const oci::Digest& diff_id, const archive::Sink& out) {
  std::vector<std::byte> buffer(std::size_t{1} << 18);
  const auto copy = [&](const archive::Source& source, const archive::Sink& to) {
    while (const std::size_t count = source(buffer)) to(std::span<const std::byte>(buffer).first(count));
  };
  const auto check = [&](const std::string& digest) {
    if (digest == diff_id.str()) return;
    Error error(cat("layer ", diff_id.str(), " is damaged: its content has another digest"));
    error.set_hint("husk-fsck --full tells what else is wrong");
    throw error;
  };

  if (const auto blob = find_layer_blob(store, diff_id)) {
    if (const auto file = find_blob(store, blob->digest)) {
      Sha256 hash;
      const auto hash_and_give = [&](std::span<const std::byte> bytes) {
        hash.update(bytes);
        out(bytes);
      };
      copy(archive::decompress(archive::read_from(file->get()), max_layer_size), hash_and_give);
      return check(oci::Digest::of_sha256(hash.finish()).str());
    }
  }
  for (const auto kind : {userns::MapKind::subordinate, userns::MapKind::single}) {
    if (auto packer = start_packing(store, kind, diff_id)) {
      copy(archive::read_from(packer->tar.get()), out);
      return check(packer->running.wait());
    }
  }
  Error error(cat("layer ", diff_id.str(), " is missing"));
  error.set_hint("husk-pull may bring it back");
  throw error;
}

}  // namespace husk::store
