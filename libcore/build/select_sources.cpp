#include "libcore/build/select_sources.hpp"

#include "libcore/base/error.hpp"
#include "libcore/build/imported_caches.hpp"
#include "libcore/store/layers.hpp"

namespace husk::build {

using dockerfile::IgnoreMatcher;
using dockerfile::SyntaxError;
using dockerfile::Word;

IgnoreMatcher exclude_matcher(const CopyStep& step) {
  try {
    return IgnoreMatcher(step.exclude);
  } catch (const Error& error) {
    throw SyntaxError(step.at, cat("--exclude: ", error.what()));
  }
}

std::vector<Selection> select_sources(SourceTree& tree, const CopyStep& step, std::string_view where) {
  const IgnoreMatcher exclude = exclude_matcher(step);
  SelectOptions options;
  if (!exclude.empty()) options.exclude = &exclude;
  if (step.parents) options.parents = SelectOptions::Parents::keep;
  std::vector<Selection> all;
  const Word* empty = nullptr;
  for (std::size_t i = 0; i < step.patterns.size(); ++i) {
    if (step.remote.contains(i)) continue;
    const Word& pattern = step.patterns[i];
    std::vector<Selection> found;
    try {
      found = select(tree, pattern.text, options);
    } catch (const Error& error) {
      SyntaxError located(pattern.at, cat(step.keyword, ": ", error.what()));
      located.set_hint(error.hint());
      throw located;
    }
    // What --exclude leaves out is there.
    if (found.empty() && !has_wildcard(pattern.text) && !tree.find(pattern.text))
      throw SyntaxError(pattern.at, cat(step.keyword, ": ", quote(pattern.text), " not found in ", where));
    if (found.empty()) empty = &pattern;
    for (Selection& each : found) each.source = i;
    std::move(found.begin(), found.end(), std::back_inserter(all));
  }
  if (all.empty() && step.texts.empty() && step.remote.empty() && empty != nullptr)
    throw SyntaxError(empty->at, cat(step.keyword, ": ", quote(empty->text), " matches nothing in ", where));
  return all;
}

runtime::Rootfs rootfs_of(const Session& session, const CopySource& source) {
  ensure_layers(session, source.diff_ids);
  runtime::Rootfs rootfs;
  for (const oci::Digest& diff_id : source.diff_ids) {
    auto tree = store::find_layer(session.store(), session.map.kind, diff_id);
    if (!tree) throw Error(cat("layer ", diff_id.str(), " is missing"));
    rootfs.lower.insert(rootfs.lower.begin(), std::move(*tree));
  }
  return rootfs;
}

}  // namespace husk::build
