#include "libcore/build/copy_step.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/build/roots.hpp"
#include "libcore/runtime/user.hpp"
#include "libcore/store/cache.hpp"
#include "libcore/store/layers.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace husk::build {
namespace {

using dockerfile::IgnoreMatcher;
using dockerfile::SyntaxError;
using dockerfile::Word;

constexpr std::string_view content_prefix = "content ";

std::vector<Selection> select_all(const SourceTree& tree, const CopyStep& step, std::string_view where) {
  std::vector<Selection> all;
  for (const Word& pattern : step.patterns) {
    std::vector<Selection> found;
    try {
      found = select(tree, pattern.text);
    } catch (const Error& error) {
      throw SyntaxError(pattern.at, cat(step.keyword, ": ", error.what()));
    }
    if (found.empty())
      throw SyntaxError(pattern.at, cat(step.keyword, ": ", quote(pattern.text), " not found in ", where));
    std::move(found.begin(), found.end(), std::back_inserter(all));
  }
  return all;
}

// Outside of a namespace a SyntaxError would lose its place.
std::string print_place(dockerfile::Position at, std::string_view text) {
  return cat("!", at.line, " ", at.column, " ", text);
}

void throw_if_place(const std::string& text) {
  if (!text.starts_with('!')) return;
  dockerfile::Position at;
  const char* const end = text.data() + text.size();
  const char* next = std::from_chars(text.data() + 1, end, at.line).ptr;
  next = std::from_chars(next + 1, end, at.column).ptr;
  throw SyntaxError(at, std::string(next + 1, end));
}

runtime::Rootfs rootfs_of(const Session& session, const CopySource& source) {
  store::ensure_layers(session.lease, session.map, source.diff_ids);
  runtime::Rootfs rootfs;
  for (const oci::Digest& diff_id : source.diff_ids) {
    auto tree = store::find_layer(session.store(), session.map.kind, diff_id);
    if (!tree) throw Error(cat("layer ", diff_id.str(), " is missing"));
    rootfs.lower.insert(rootfs.lower.begin(), std::move(*tree));
  }
  return rootfs;
}

DigestOptions digest_options(const CopyStep& step, const std::optional<CopySource>& source) {
  return {.with_owners = source.has_value() && step.chown.empty(), .with_modes = step.chmod.empty()};
}

// Of a file that the source's layers say belongs to somebody whom the namespace does not have.
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
Owner find_owner(int root, const CopyStep& step) {
  runtime::UserRequest request = runtime::parse_user(step.chown);
  if (request.uid && !request.gid && request.group.empty()) request.gid = *request.uid;
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

std::string print_owners(const std::vector<UnsetOwner>& owners) {
  std::string out;
  for (const UnsetOwner& each : owners) {
    out += cat(each.owner.uid, " ", each.owner.gid, " ", each.path);
    out += '\0';
  }
  return out;
}

std::vector<archive::RecordedOwner> parse_owners(std::string_view text) {
  std::vector<archive::RecordedOwner> owners;
  while (!text.empty()) {
    const std::string_view each = text.substr(0, text.find('\0'));
    text.remove_prefix(std::min(each.size() + 1, text.size()));
    archive::RecordedOwner owner;
    const char* const end = each.data() + each.size();
    const char* next = std::from_chars(each.data(), end, owner.uid).ptr;
    next = std::from_chars(next + 1, end, owner.gid).ptr;
    owner.path.assign(next + 1, end);
    std::erase_if(owners, [&](const auto& other) { return other.path == owner.path; });
    owners.push_back(std::move(owner));
  }
  return owners;
}

// The same layers have the same content: it is looked at once.
std::string content_key(const Session& session, const CopySource& source, const CopyStep& step) {
  StepKey key("", "content");
  for (const oci::Digest& diff_id : source.diff_ids) key.add("layer", diff_id.str());
  for (const Word& pattern : step.patterns) key.add("pattern", pattern.text);
  for (const std::string& pattern : step.exclude) key.add("exclude", pattern);
  key.add("options", cat(step.chown.empty() ? "owners " : "", step.chmod.empty() ? "modes" : ""));
  key.add("map", userns::map_name(session.map.kind));
  return key.finish();
}

IgnoreMatcher exclude_matcher(const CopyStep& step) {
  try {
    return IgnoreMatcher(step.exclude);
  } catch (const Error& error) {
    throw SyntaxError(step.at, cat("--exclude: ", error.what()));
  }
}

}  // namespace

CopyContent examine_context(Context& context, const CopyStep& step) {
  const IgnoreMatcher exclude = exclude_matcher(step);
  SourceTree tree = context.tree();
  if (!exclude.empty()) tree.exclude = &exclude;
  CopyContent content;
  content.selections = select_all(
      tree, step,
      tree.ignore == nullptr ? "the build context" : "the build context (or left out by .dockerignore)");
  content.digest = digest_of(content.selections, digest_options(step, std::nullopt),
                             [&](const SourceEntry& entry) { return context.hash(entry); });
  return content;
}

std::optional<CopyContent> find_content(const Session& session, const CopySource& source,
                                        const CopyStep& step) {
  const auto known = store::find_cache_record(session.store(), content_key(session, source, step));
  if (!known || !known->note.starts_with(content_prefix)) return std::nullopt;
  return CopyContent{known->note.substr(content_prefix.size()), {}};
}

CopyContent examine_source(const Session& session, const CopySource& source, const CopyStep& step) {
  const IgnoreMatcher exclude = exclude_matcher(step);
  const runtime::Rootfs rootfs = rootfs_of(session, source);
  if (rootfs.lower.empty()) throw SyntaxError(step.at, cat(step.keyword, ": the source of --from is empty"));
  const std::string digest = in_source(session, rootfs, [&](int root) -> std::string {
    SourceTree tree{root};
    if (!exclude.empty()) tree.exclude = &exclude;
    try {
      return digest_of(select_all(tree, step, "the source of --from"), digest_options(step, source),
                       [&](const SourceEntry& entry) { return hash_file(root, entry); });
    } catch (const SyntaxError& error) {
      return print_place(error.at(), error.what());
    }
  });
  throw_if_place(digest);
  store::put_cache_record(session.lease, content_key(session, source, step),
                          {.diff_id = {}, .note = cat(content_prefix, digest)});
  return {digest, {}};
}

void add_to_key(StepKey& key, const CopyStep& step, const CopyContent& content) {
  key.add("destination", step.destination);
  key.add("chown", step.chown);
  key.add("chmod", step.chmod);
  key.add("unpack", step.unpack ? "yes" : "no");
  for (const CopyOrder::Text& text : step.texts) key.add(cat("file ", text.name), text.content);
  key.add("content", content.digest);
}

std::vector<archive::RecordedOwner> execute_copy(const Session& session, const CopyStep& step,
                                                 const CopyContent& content, Context& context,
                                                 const std::optional<CopySource>& source,
                                                 const runtime::Rootfs& image) {
  const IgnoreMatcher exclude = exclude_matcher(step);
  const RecordedOwners recorded = source ? recorded_owners(session, *source) : RecordedOwners{};
  std::optional<runtime::Rootfs> source_rootfs;
  if (source) source_rootfs = rootfs_of(session, *source);
  const std::string unset = in_roots(session, image, source_rootfs, [&](int root, int from) -> std::string {
    CopyOrder order;
    order.source = source ? from : context.root();
    if (source) {
      SourceTree tree{from};
      if (!exclude.empty()) tree.exclude = &exclude;
      order.selections = select_all(tree, step, "the source of --from");
      order.owner_of = [&](const SourceEntry& entry) {
        const auto found = recorded.find(entry.path);
        return found != recorded.end() ? found->second : Owner{entry.status.st_uid, entry.status.st_gid};
      };
    } else {
      order.selections = content.selections;
    }
    order.texts = step.texts;
    order.destination = step.destination;
    if (!step.chown.empty()) order.owner = find_owner(root, step);
    if (!step.chmod.empty()) order.mode = step.chmod;
    order.unpack = step.unpack;
    order.record_owners = session.map.kind == userns::MapKind::single;
    order.directory_time = session.options.source_date;
    sys::reached("build.copying");
    return print_owners(copy_files(root, order));
  });
  sys::reached("build.copied");
  return parse_owners(unset);
}

}  // namespace husk::build
