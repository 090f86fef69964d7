#include "libcore/store/check_content.hpp"

#include "libcore/archive/extract.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sha256.hpp"
#include "libcore/store/blobs.hpp"
#include "libcore/store/layer_file.hpp"
#include "libcore/store/measure_tree.hpp"
#include "libcore/userns/run_in.hpp"

#include <fcntl.h>
#include <algorithm>
#include <vector>

namespace husk::store {
namespace {

std::optional<Fd> find_blob_of(const Store& store, const oci::Digest& diff_id) {
  const auto blob = find_layer_blob(store, diff_id);
  return blob ? find_blob(store, blob->digest) : std::nullopt;
}

// The digest of the tar of a fresh copy, unpacked from the blob beside the one that is looked at.
std::string measure_fresh(const Lease& lease, const userns::IdMap& map, int blob) {
  const PendingLayer fresh(lease, map);
  const Fd root(::open(fresh.tree().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) throw_errno("open ", quote(fresh.tree()));
  return userns::run_in(map, [&] {
    const bool single = map.kind == userns::MapKind::single;
    archive::ExtractOptions options;
    options.owners = single ? archive::Owners::record : archive::Owners::apply;
    auto extracted =
        archive::extract(archive::decompress(archive::read_from(blob), max_layer_size), root.get(), options);
    std::ranges::sort(extracted.owners, {}, &archive::RecordedOwner::path);
    return measure_tree(root.get(), map.kind, extracted.owners).diff_id.str();
  });
}

}  // namespace

bool blob_is_whole(const Store& store, const oci::Digest& digest) {
  const auto file = find_blob(store, digest);
  if (!file) return false;
  Sha256 hash;
  read_pieces(file->get(), [&](std::span<const std::byte> piece) { hash.update(piece); });
  return oci::Digest::of_sha256(hash.finish()) == digest;
}

std::string layer_problem(const Lease& lease, userns::MapKind map, const LayerInfo& info, int tree) {
  const userns::IdMap ids = userns::choose_map(map);
  const auto blob = info.packed_here ? std::nullopt : find_blob_of(lease.store(), info.diff_id);
  if (!info.packed_here && !blob) return "";  // nothing to compare it with
  const std::string found =
      userns::run_in(ids, [&] { return measure_tree(tree, map, info.owners).diff_id.str(); });
  const std::string expected = info.packed_here ? info.diff_id.str() : measure_fresh(lease, ids, blob->get());
  return found == expected ? "" : "its tree is not the layer";
}

bool try_make_layer(const Lease& lease, userns::MapKind map, const oci::Digest& diff_id) {
  try {
    ensure_layers(lease, userns::choose_map(map), {diff_id});
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace husk::store
