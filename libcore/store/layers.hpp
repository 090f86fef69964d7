#pragma once

#include "libcore/archive/pack.hpp"
#include "libcore/oci/descriptor.hpp"
#include "libcore/store/lease.hpp"
#include "libcore/userns/shared_namespace.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace husk::store {

/// layers/<map>/<diff id>/: tree/, ready to be an overlayfs lower directory, and layer.json. A layer that is
/// there is whole.

constexpr std::uint64_t max_layer_size = std::uint64_t{1} << 40;  // bytes of its tar: a bound for bombs

/// What layer.json says.
struct LayerInfo {
  oci::Digest diff_id;
  std::uint64_t tar_size = 0;                  // bytes of the uncompressed tar whose hash is the diff id
  std::uint64_t content_size = 0;              // bytes of file content, for `husk-images`
  bool packed_here = false;                    // archive::pack() of tree/ gives the tar back, byte for byte
  std::vector<archive::RecordedOwner> owners;  // single-id map only: owners that the files can't show
  std::string boot_id;  // the boot in which it was written; see libcore/README.md, durability
};

/// The directory to mount. Nothing if the layer is not there for this map. (mountable_lower: the one thing
/// that the runtime knows about layers.)
std::optional<std::filesystem::path> find_layer(const Store& store, userns::MapKind map,
                                                const oci::Digest& diff_id);
std::optional<LayerInfo> find_layer_info(const Store& store, userns::MapKind map, const oci::Digest& diff_id);

/// A layer in the making, below the lease's tmp directory. Without commit() it is removed.
class PendingLayer {
 public:
  PendingLayer(const Lease& lease, const userns::IdMap& map);
  PendingLayer(PendingLayer&&) noexcept;
  ~PendingLayer();

  /// The directory that becomes tree/: an overlay's upper, or what is unpacked into. And a work directory
  /// beside it.
  std::filesystem::path tree() const;
  std::filesystem::path work() const;

  /// The tar of the tree as it is, hashed but not kept: fills diff_id, tar_size and content_size.
  /// Runs in USER_NAMESPACE, which has the map; may run while the tree is somebody's lower directory.
  LayerInfo measure(std::vector<archive::RecordedOwner> owners,
                    userns::SharedNamespace& user_namespace) const;

  /// Makes it visible as layers/<map>/<diff id>; that it is there already is fine, ours is dropped then.
  /// Returns the path of the tree.
  std::filesystem::path commit(const LayerInfo& info);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The blob (compressed, as a rule) whose content is the tar of a layer: remembered by pull and by push, so
/// that a layer is compressed once. A hint only: the blob may be gone.
std::optional<oci::Descriptor> find_layer_blob(const Store& store, const oci::Digest& diff_id);
void remember_layer_blob(const Lease& lease, const oci::Digest& diff_id, const oci::Descriptor& blob);

/// Writes the uncompressed tar of a layer to OUT: from its blob if that is there, else packed from a tree.
/// The bytes are hashed on the way; that they are not the diff id is an error, thrown at the end.
void write_layer_tar(const Store& store, const oci::Digest& diff_id, const archive::Sink& out);

/// Unpacks a tar stream (compressed or not) as a layer for MAP and checks its diff id, if one is EXPECTED.
/// Runs the unpacking in the user namespace of the map, in a process of its own. Returns what was committed;
/// packed_here is set, and the diff id is that of the tree, if no diff id was expected. Then times after
/// NEWEST, in seconds since 1970, become that.
LayerInfo unpack_layer(const Lease& lease, const userns::IdMap& map, int tar_fd,
                       std::optional<oci::Digest> expected, std::optional<std::int64_t> newest = {});

/// Makes sure that each of these layers is there for MAP, from blobs or from the trees of the other map.
void ensure_layers(const Lease& lease, const userns::IdMap& map, const std::vector<oci::Digest>& diff_ids);

}  // namespace husk::store
