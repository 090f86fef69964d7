#include "libcore/build/copy_step.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/build/roots.hpp"
#include "libcore/build/select_sources.hpp"
#include "libcore/build/unset_owners.hpp"
#include "libcore/runtime/user.hpp"
#include "libcore/store/layers.hpp"

#include <algorithm>
#include <map>

namespace husk::build {
namespace {

// Of a file that the image's layers say belongs to somebody whom the namespace does not have.
using RecordedOwners = std::map<std::string, Owner>;
RecordedOwners recorded_owners(const Session& session, const CopySource& source) {
  RecordedOwners owners;
  if (session.map.kind != userns::MapKind::single) return owners;
  for (const oci::Digest& diff_id : source.diff_ids) {
    const auto info = store::find_layer_info(session.store(), session.map.kind, diff_id);
    if (!info) continue;
    for (const auto& each : info->owners) owners[each.path] = {each.uid, each.gid};
  }
  return owners;
}

// A number alone is user and group; the group of a name is what the image's passwd says.
runtime::UserRequest request_of(const CopyStep& step) {
  runtime::UserRequest request = runtime::parse_user(step.chown);
  if (request.uid && !request.gid && request.group.empty()) request.gid = *request.uid;
  return request;
}

// ROOT is that of the image with the files passwd and group.
Owner find_owner(int root, const CopyStep& step) {
  const runtime::UserRequest request = request_of(step);
  runtime::Identity identity;
  switch (runtime::find_identity(root, request, identity)) {
    case runtime::UserFailure::none: return {identity.uid, identity.gid};
    case runtime::UserFailure::no_such_user:
      throw Error(cat("--chown: the image's /etc/passwd has no user ", quote(request.user)));
    case runtime::UserFailure::no_such_group:
      throw Error(cat("--chown: the image's /etc/group has no group ", quote(request.group)));
    case runtime::UserFailure::bad_passwd: throw Error("--chown: the image's /etc/passwd can't be read");
    case runtime::UserFailure::bad_group: throw Error("--chown: the image's /etc/group can't be read");
  }
  return {};
}

CopyOrder order_of(const Session& session, const CopyStep& step) {
  CopyOrder order;
  order.texts = step.texts;
  order.destination = step.destination;
  if (!step.chmod.empty()) order.mode = step.chmod;
  order.record_owners = session.map.kind == userns::MapKind::single;
  order.time = session.options.source_date;
  return order;
}

void add_pieces(CopyOrder& order, int root, std::vector<Selection> selections, const CopyStep& step) {
  for (Selection& selection : selections) order.pieces.push_back({root, std::move(selection), step.unpack});
}

using Brought = std::map<std::size_t, std::shared_ptr<BroughtPart>>;  // by index of the source

Brought bring(const Session& session, const CopyStep& step, const CopyContent& content) {
  const dockerfile::IgnoreMatcher exclude = exclude_matcher(step);
  Brought brought;
  for (const auto& [index, part] : step.remote)
    brought.emplace(index, bring_remote(session, part, content.remote.at(index), &exclude));
  return brought;
}

// In the order of the Dockerfile: of two files that get one name, the later stays.
void add_brought(CopyOrder& order, const Brought& brought, const CopyStep& step) {
  for (const auto& [index, part] : brought) {
    if (part->selection.entries.empty()) continue;
    Selection selection = part->selection;
    selection.source = index;
    order.pieces.push_back({part->root.get(), std::move(selection), step.remote.at(index).unpack});
  }
  std::stable_sort(order.pieces.begin(), order.pieces.end(),
                   [](const auto& a, const auto& b) { return a.selection.source < b.selection.source; });
}

// The file systems that a step needs: the one that it copies into is first.
struct Places {
  std::vector<runtime::Rootfs> all;
  std::size_t source = 0;  // what is copied from, if that is an image
  std::size_t users = 0;   // what has the passwd file
};

Places places_of(const Session& session, const CopyStep& step, const CopySource& source,
                 const runtime::Rootfs& image) {
  Places places{.all = {image}};
  if (step.link) {
    // A layer by itself: there is nothing that a link could lead through.
    places.all.front().lower.clear();
    if (has_names(step) && !image.lower.empty()) {
      places.users = places.all.size();
      places.all.push_back({.lower = image.lower, .upper = {}, .work = {}});
    }
  }
  if (source.context == nullptr) {
    places.source = places.all.size();
    places.all.push_back(rootfs_of(session, source));
  }
  return places;
}

}  // namespace

bool has_names(const CopyStep& step) {
  if (step.chown.empty()) return false;
  const runtime::UserRequest request = request_of(step);
  return !request.uid || !request.gid;
}

StepKey key_of(const CopyStep& step, const CopyContent& content, const std::string& parent,
               const Options& options) {
  StepKey key(step.link && !has_names(step) ? "" : parent, step.keyword);
  key.add("destination", step.destination);
  key.add("chown", step.chown);
  key.add("chmod", step.chmod);
  key.add("unpack", step.unpack ? "yes" : "no");
  if (step.link) key.add("link", "yes");
  if (options.source_date) key.add("time", cat(*options.source_date));
  for (const CopyOrder::Text& text : step.texts) key.add(cat("file ", text.name), text.content);
  key.add("content", content.digest);
  // Where it stands among the others, and what is left out of it, is in no digest of content.
  for (const auto& [index, part] : step.remote) {
    key.add(cat("source ", escape(without_credentials(part.source.url))),
            cat(index, " ", describe_remote(part, content.remote.at(index))));
  }
  if (step.remote.empty()) return key;
  for (const std::string& pattern : step.exclude) key.add("exclude", pattern);
  return key;
}

std::vector<archive::RecordedOwner> execute_copy(const Session& session, const CopyStep& step,
                                                 const CopyContent& content, const CopySource& source,
                                                 const runtime::Rootfs& image) {
  const RecordedOwners recorded = recorded_owners(session, source);
  const Places places = places_of(session, step, source, image);
  const Brought brought = bring(session, step, content);
  const UnsetOwnersFile unset;
  (void)in_roots(session, places.all, [&](const std::vector<Fd>& roots) -> std::string {
    std::optional<SourceTree> tree;  // what the order's pieces point into
    CopyOrder order = order_of(session, step);
    if (!step.chown.empty()) order.owner = find_owner(roots[places.users].get(), step);
    if (source.context != nullptr) {
      add_pieces(order, source.context->root(), content.selections, step);
      add_brought(order, brought, step);
    } else {
      const int from = roots[places.source].get();
      tree.emplace(from);
      add_pieces(order, from, select_sources(*tree, step, "the source of --from"), step);
      order.owner_of = [&](const SourceEntry& entry) {
        const auto found = recorded.find(entry.path);
        return found != recorded.end() ? found->second : Owner{entry.status().st_uid, entry.status().st_gid};
      };
    }
    sys::reached("build.copying");
    unset.write(copy_files(roots.front().get(), order));
    return {};
  });
  sys::reached("build.copied");
  return unset.read();
}

}  // namespace husk::build
