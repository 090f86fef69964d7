#include "libcore/archive/pack.hpp"
#include "libcore/base/at.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sha256.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/store/layer_file.hpp"
#include "libcore/store/measure_tree.hpp"
#include "libcore/store/remove_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>

namespace husk::store {

struct PendingLayer::State {
  const Lease* lease;
  userns::IdMap map;
  std::string name;  // below the lease's tmp directory
  Fd directory;

  void write(const char* file_name, const std::string& content) const {
    Fd file = sys::create_at(directory.get(), file_name, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    sys::write_all(file.get(), content, file_name);
    file.close_written(file_name);
  }
};

PendingLayer::PendingLayer(const Lease& lease, const userns::IdMap& map)
    : state_(std::make_unique<State>(State{&lease, map, cat("layer-", random_hex(4)), Fd()})) {
  State& state = *state_;
  sys::make_directory_at(lease.tmp(), state.name, 0700);
  state.directory = open_beneath(lease.tmp(), state.name, O_RDONLY | O_DIRECTORY);
  sys::make_directory_at(state.directory.get(), tree_name, 0755);
  sys::make_directory_at(state.directory.get(), "work", 0700);
  // The umask of the user is not that of the image.
  if (::chmod(tree().c_str(), 0755) != 0) throw_errno("set the mode of ", quote(tree()));
}

PendingLayer::PendingLayer(PendingLayer&&) noexcept = default;

PendingLayer::~PendingLayer() {
  if (!state_) return;
  try {
    remove_tree(state_->lease->tmp(), state_->name);
  } catch (const Error&) {
    // The lease removes it, and says so if it can't.
  }
}

std::filesystem::path PendingLayer::tree() const {
  return state_->lease->tmp_path() / state_->name / tree_name;
}
std::filesystem::path PendingLayer::work() const { return state_->lease->tmp_path() / state_->name / "work"; }

LayerInfo PendingLayer::measure(std::vector<archive::RecordedOwner> owners,
                                userns::SharedNamespace& user_namespace) const {
  std::ranges::sort(owners, {}, &archive::RecordedOwner::path);
  const Fd tree = open_beneath(state_->directory.get(), tree_name, O_RDONLY | O_DIRECTORY);
  const std::string text = user_namespace.run(
      [&] { return print_layer_info(measure_tree(tree.get(), state_->map.kind, owners)); });
  sys::reached("layer.measured");
  LayerInfo info = parse_layer_info(text);
  info.owners = std::move(owners);
  return info;
}

std::filesystem::path PendingLayer::commit(const LayerInfo& info) {
  State& state = *state_;
  const Store& store = state.lease->store();
  LayerInfo written = info;
  written.boot_id = boot_id();
  remove_tree(state.directory.get(), "work");
  if (!info.owners.empty()) state.write(owners_name, print_owners(info.owners));
  state.write(info_name, print_layer_info(written));
  state.write(boot_name, written.boot_id);
  sys::reached("layer.before_rename");

  const std::string hex(info.diff_id.hex());
  const Fd layers = store.open_directory(cat("layers/", userns::map_name(state.map.kind)));
  while (!sys::try_rename_at(state.lease->tmp(), state.name, layers.get(), hex)) {
    if (layer_state(store, state.map.kind, info.diff_id) == LayerState::usable) break;  // ours is dropped
    // From before the last boot and in doubt: this one takes its place, in one step. Whoever has the other
    // mounted keeps it; it lies in our directory for unfinished work then, and goes away with that.
    if (sys::try_exchange_at(state.lease->tmp(), state.name, layers.get(), hex)) break;
  }
  sys::reached("layer.renamed");
  return store.path() / layer_directory(state.map.kind, info.diff_id) / tree_name;
}

}  // namespace husk::store
