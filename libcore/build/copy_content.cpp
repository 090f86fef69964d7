#include "libcore/build/copy_step.hpp"

#include "libcore/base/error.hpp"
#include "libcore/build/cached_step.hpp"
#include "libcore/build/content_digest.hpp"
#include "libcore/build/hash_files.hpp"
#include "libcore/build/imported_caches.hpp"
#include "libcore/build/roots.hpp"
#include "libcore/build/select_sources.hpp"
#include "libcore/store/cache.hpp"

#include <charconv>

// What a COPY would copy, before anything is.
namespace husk::build {
namespace {

using dockerfile::SyntaxError;

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

// What a umask takes away from the files of a context is nobody's wish; an image's files have just their
// modes.
ModeCounts modes_that_count(const CopyStep& step, ModeCounts otherwise) {
  return step.chmod.empty() ? otherwise : ModeCounts::none;
}

// The same layers have the same content: it is looked at once.
std::string content_key(const Session& session, const CopySource& source, const CopyStep& step) {
  StepKey key("", "content");
  for (const oci::Digest& diff_id : source.diff_ids) key.add("layer", diff_id.str());
  for (const dockerfile::Word& pattern : step.patterns) key.add("pattern", pattern.text);
  for (const std::string& pattern : step.exclude) key.add("exclude", pattern);
  key.add("options", cat(step.chown.empty() ? "owners " : "", step.chmod.empty() ? "modes " : "",
                         step.parents ? "parents" : ""));
  key.add("map", userns::map_name(session.map.kind));
  return key.finish();
}

}  // namespace

CopyContent examine_context(Context& context, const CopyStep& step) {
  CopyContent content;
  content.selections = select_sources(
      context.tree(), step,
      context.ignores() ? "the build context (or left out by .dockerignore)" : "the build context");
  if (!content.selections.empty()) context.hash(content.selections);
  content.digest = digest_of(content.selections, {.modes = modes_that_count(step, ModeCounts::executable)});
  return content;
}

bool examine_remote(const Session& session, const CopyStep& step, Ask ask, CopyContent& content) {
  for (const auto& [index, part] : step.remote) {
    auto found = examine_remote(session, part, ask);
    if (!found) return false;
    if (!part.source.git && !part.unpack && found->name.empty() && step.destination.ends_with('/')) {
      SyntaxError error(step.patterns[index].at, cat(step.keyword, ": ", quote(part.source.url),
                                                     " does not say what the file is called"));
      error.set_hint("a destination that does not end with a / is the name of the file");
      throw error;
    }
    content.remote.emplace(index, std::move(*found));
  }
  return true;
}

std::optional<CopyContent> find_content(const Session& session, const CopySource& source,
                                        const CopyStep& step) {
  const std::string key = content_key(session, source, step);
  auto known = store::find_cache_record(session.store(), key);
  if (!known && (known = session.imported.find(key))) store::put_cache_record(session.lease, key, *known);
  auto digest = known ? content_of(known->note) : std::nullopt;
  if (!digest) return std::nullopt;
  return CopyContent{std::move(*digest), {}, key};
}

CopyContent examine_image(const Session& session, const CopySource& source, const CopyStep& step) {
  const runtime::Rootfs rootfs = rootfs_of(session, source);
  if (rootfs.lower.empty()) throw SyntaxError(step.at, cat(step.keyword, ": the source of --from is empty"));
  const std::string digest = in_root(session, rootfs, [&](int root) -> std::string {
    try {
      SourceTree tree(root);
      auto selections = select_sources(tree, step, "the source of --from");
      hash_files(root, selections, nullptr);
      return digest_of(selections,
                       {.with_owners = step.chown.empty(), .modes = modes_that_count(step, ModeCounts::all)});
    } catch (const SyntaxError& error) {
      return print_place(error.at(), error.what());
    }
  });
  throw_if_place(digest);
  const std::string key = content_key(session, source, step);
  store::put_cache_record(session.lease, key, {.diff_id = {}, .note = content_note(digest)});
  return {digest, {}, key};
}

}  // namespace husk::build
