#include "libcore/build/layer_stack.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/build/imported_caches.hpp"
#include "libcore/oci/manifest.hpp"
#include "libcore/store/recorded_owners.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <sstream>

namespace husk::build {
namespace {

std::string print(const store::LayerInfo& info) {
  return cat(info.diff_id.str(), " ", info.tar_size, " ", info.content_size);
}

store::LayerInfo parse(const std::string& text, std::vector<archive::RecordedOwner> owners) {
  std::istringstream in(text);
  std::string digest;
  std::uint64_t tar_size = 0, content_size = 0;
  in >> digest >> tar_size >> content_size;
  const auto diff_id = oci::Digest::parse(digest);
  if (!in || !diff_id) throw Error("the process that measures a layer ended early");
  return {.diff_id = *diff_id,
          .tar_size = tar_size,
          .content_size = content_size,
          .packed_here = true,
          .owners = std::move(owners),
          .boot_id = {}};
}

}  // namespace

bool has_no_entries(const std::filesystem::path& directory) { return std::filesystem::is_empty(directory); }

void LayerStack::start_from(std::vector<oci::Digest> diff_ids) { diff_ids_ = std::move(diff_ids); }

void LayerStack::add_cached(const oci::Digest& diff_id) {
  settle();
  diff_ids_.push_back(diff_id);
}

std::vector<std::filesystem::path> LayerStack::lower() {
  if (!ensured_) ensure_layers(*session_, diff_ids_);
  ensured_ = true;
  std::vector<std::filesystem::path> out;
  for (const oci::Digest& diff_id : diff_ids_) {
    auto tree = store::find_layer(session_->store(), session_->map.kind, diff_id);
    if (!tree) throw Error(cat("layer ", diff_id.str(), " is missing"));
    out.push_back(std::move(*tree));
  }
  if (pending_) out.push_back(pending_->layer.tree());
  std::reverse(out.begin(), out.end());
  return out;
}

void LayerStack::push(store::PendingLayer layer, std::vector<archive::RecordedOwner> owners, std::string key,
                      std::string note, StepClaim claim) {
  settle();
  if (diff_ids_.size() >= oci::max_layers)
    throw Error(cat("the image has more than ", oci::max_layers, " layers"));
  Background measuring([&] { return print(layer.measure(owners, session_->user_namespace)); });
  pending_.emplace(Pending{std::move(layer), std::move(owners), std::move(measuring), std::move(key),
                           std::move(note), std::move(claim)});
  sys::reached("build.layer_pending");
}

std::vector<archive::RecordedOwner> LayerStack::owners_of(
    const std::filesystem::path& upper, const std::vector<archive::RecordedOwner>& recorded) const {
  if (session_->map.kind != userns::MapKind::single) return recorded;
  store::OwnerStack owners;
  for (const oci::Digest& diff_id : diff_ids_) {
    const auto tree = store::find_layer(session_->store(), session_->map.kind, diff_id);
    const auto info = store::find_layer_info(session_->store(), session_->map.kind, diff_id);
    if (tree && info) owners.add(*tree, info->owners);
  }
  if (pending_) owners.add(pending_->layer.tree(), pending_->owners);
  owners.add(upper, {});
  std::vector<archive::RecordedOwner> all = owners.all_in(upper);
  std::set<std::string_view> again;
  for (const archive::RecordedOwner& owner : recorded) again.insert(owner.path);
  std::erase_if(all, [&](const auto& owner) { return again.contains(owner.path); });
  all.insert(all.end(), recorded.begin(), recorded.end());
  return all;
}

void LayerStack::settle() {
  if (!pending_) return;
  Pending pending = std::move(*pending_);
  pending_.reset();
  const store::LayerInfo info = parse(pending.measuring.wait(), std::move(pending.owners));
  sys::reached("build.layer_measured");
  (void)pending.layer.commit(info);
  sys::reached("build.layer_committed");
  store::put_cache_record(session_->lease, pending.key, {.diff_id = info.diff_id, .note = pending.note});
  pending.claim.fulfil();
  sys::reached("build.record_written");
  diff_ids_.push_back(info.diff_id);
}

const std::vector<oci::Digest>& LayerStack::diff_ids() {
  settle();
  return diff_ids_;
}

}  // namespace husk::build
