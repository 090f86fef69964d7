#include "libcore/build/selection.hpp"

#include "libcore/base/error.hpp"
#include "libcore/build/inclusion.hpp"

#include <algorithm>

namespace husk::build {
namespace {

using dockerfile::Dialect;
using dockerfile::IgnoreMatcher;
using dockerfile::PathPattern;

// The paths that a pattern with wildcards means, component by component. Before the first wildcard links are
// followed; behind it they are not, as no walk through a tree follows them.
std::vector<std::string> expand_wildcards(SourceTree& tree, std::string_view pattern) {
  std::string_view plain = pattern.substr(0, pattern.find_first_of("*?[\\"));
  plain = plain.substr(0, plain.find('/') == std::string_view::npos ? 0 : plain.rfind('/'));
  const auto base = tree.find(plain);
  if (!base || !base->is_directory()) return {};
  std::vector<std::string> found = {base->path};
  for (std::string_view rest = pattern.substr(plain.empty() ? 0 : plain.size() + 1); !rest.empty();) {
    const std::string_view component = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(component.size() + 1, rest.size()));
    const PathPattern matcher(component, Dialect::glob);
    std::vector<std::string> next;
    for (const std::string& directory : found) {
      for (const SourceFile& child : tree.list(directory).children) {
        if (!rest.empty() && !child.is_directory()) continue;
        if (matcher.matches(child.name)) next.push_back(join_path(directory, child.name));
      }
    }
    found = std::move(next);
  }
  return found;
}

std::vector<std::string> expand(SourceTree& tree, const std::string& pattern) {
  return has_wildcard(pattern) ? expand_wildcards(tree, pattern) : std::vector<std::string>{pattern};
}

// Collects what is below a directory.
class Walker {
 public:
  Walker(SourceTree& tree, const SelectOptions& options, const Inclusion& inclusion, Selection& selection)
      : tree_(tree), exclude_(options.exclude), inclusion_(inclusion), entries_(selection.entries) {}

  void walk() {
    const SourceEntry& top = entries_.front();
    prefix_ = top.path.empty() ? 0 : top.path.size() + 1;
    if (inclusion_.everything()) tree_.load(top.path);
    const std::string path = top.path;
    walk_directory(path, inclusion_.everything(), {});
  }

 private:
  void walk_directory(const std::string& path, bool included, const IgnoreMatcher::Verdicts& excluded) {
    IgnoreMatcher::Verdicts own;
    for (SourceFile& child : tree_.list(path).children) {
      if (S_ISSOCK(child.status.st_mode)) continue;
      SourceEntry entry{.path = join_path(path, child.name), .prefix = prefix_, .file = &child};
      const std::string_view relative = entry.relative();
      const bool in = included || inclusion_.matches(relative);
      const bool out = exclude_ != nullptr && exclude_->matches(relative, excluded, own);
      if (entry.is_directory()) {
        if (!in && !inclusion_.may_match_below(relative)) continue;
        if (out && !exclude_->may_readmit_below(relative)) continue;
        enter(std::move(entry), in, in && !out, own);
      } else if (in && !out) {
        take_pending();
        entries_.push_back(std::move(entry));
      }
    }
  }

  // A directory that is not taken itself is, when something below it is.
  void enter(SourceEntry entry, bool included, bool taken, const IgnoreMatcher::Verdicts& excluded) {
    const std::string path = entry.path;
    entry.attributes = tree_.list(path).attributes;
    const std::size_t above = pending_.size();
    pending_.push_back(std::move(entry));
    if (taken) take_pending();
    walk_directory(path, included, excluded);
    if (pending_.size() > above) pending_.resize(above);
  }

  void take_pending() {
    std::move(pending_.begin(), pending_.end(), std::back_inserter(entries_));
    pending_.clear();
  }

  SourceTree& tree_;
  const IgnoreMatcher* exclude_;
  const Inclusion& inclusion_;
  std::vector<SourceEntry>& entries_;
  std::size_t prefix_ = 0;
  std::vector<SourceEntry> pending_;  // directories above the one at hand that are not taken
};

std::vector<Selection> select_content(SourceTree& tree, const std::string& pattern,
                                      const SelectOptions& options) {
  const Inclusion all;
  std::vector<Selection> found;
  for (const std::string& path : expand(tree, pattern)) {
    auto top = tree.find(path);
    if (!top) continue;
    Selection selection{path.substr(path.rfind('/') + 1), {std::move(*top)}};
    if (selection.is_directory()) {
      Walker(tree, options, all, selection).walk();
    } else if (options.exclude != nullptr && options.exclude->matches(selection.name)) {
      continue;
    }
    found.push_back(std::move(selection));
  }
  return found;
}

std::vector<Selection> select_below(SourceTree& tree, const std::string& base, std::string_view pattern,
                                    const SelectOptions& options) {
  const Inclusion inclusion(pattern);
  std::vector<Selection> found;
  for (const std::string& path : expand(tree, base)) {
    auto top = tree.find(path);
    if (!top || !top->is_directory()) continue;
    Selection selection{path, {std::move(*top)}};
    Walker(tree, options, inclusion, selection).walk();
    if (selection.entries.size() > 1) found.push_back(std::move(selection));
  }
  return found;
}

// "a/b", clean and without the leading "/".
std::string relative_path(std::string_view path) { return dockerfile::clean_path(cat("/", path)).substr(1); }

}  // namespace

bool has_wildcard(std::string_view pattern) {
  return pattern.find_first_of("*?[\\") != std::string_view::npos;
}

std::vector<Selection> select(SourceTree& tree, const std::string& pattern, const SelectOptions& options) {
  if (options.parents == SelectOptions::Parents::drop) {
    return select_content(tree, relative_path(pattern), options);
  }
  constexpr std::string_view pivot = "/./";
  const auto at = pattern.find(pivot);
  if (at == std::string::npos) return select_below(tree, "", relative_path(pattern), options);
  return select_below(tree, relative_path(pattern.substr(0, at)),
                      relative_path(pattern.substr(at + pivot.size())), options);
}

}  // namespace husk::build
