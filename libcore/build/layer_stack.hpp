#pragma once

#include "libcore/build/background.hpp"
#include "libcore/build/session.hpp"
#include "libcore/build/step_claim.hpp"
#include "libcore/runtime/rootfs.hpp"
#include "libcore/store/cache.hpp"
#include "libcore/store/layers.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

/// The layers of a stage. The newest one may be pending: the next step runs on top of it while its diff id is
/// computed.
class LayerStack {
 public:
  explicit LayerStack(const Session& session) : session_(&session) {}

  /// What the stage starts from. The layers are looked for only when lower() needs them.
  void start_from(std::vector<oci::Digest> diff_ids);

  /// A layer that was found in the cache.
  void add_cached(const oci::Digest& diff_id);

  /// The directories below the next step, topmost first.
  std::vector<std::filesystem::path> lower();

  /// The owners, where the files can't show them, of what a step on top of these layers left in UPPER: those
  /// that it RECORDED, and those of files of the layers that it changed.
  std::vector<archive::RecordedOwner> owners_of(const std::filesystem::path& upper,
                                                const std::vector<archive::RecordedOwner>& recorded) const;

  /// The layer that a step has made; NOTE and KEY are for the cache record that is written when its diff id
  /// is known and the CLAIM fulfilled.
  void push(store::PendingLayer layer, std::vector<archive::RecordedOwner> owners, std::string key,
            std::string note, StepClaim claim);

  /// Waits for the pending layer and commits it.
  void settle();

  /// Of all layers; settles.
  const std::vector<oci::Digest>& diff_ids();

  std::size_t size() const { return diff_ids_.size() + (pending_ ? 1 : 0); }

 private:
  struct Pending {
    store::PendingLayer layer;
    std::vector<archive::RecordedOwner> owners;
    Background measuring;
    std::string key, note;
    StepClaim claim;
  };
  const Session* session_;
  std::vector<oci::Digest> diff_ids_;
  bool ensured_ = false;
  std::optional<Pending> pending_;
};

/// Whether a directory of the store has nothing in it: the step that had it for an upper changed nothing.
bool has_no_entries(const std::filesystem::path& directory);

}  // namespace husk::build
