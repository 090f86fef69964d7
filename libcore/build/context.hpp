#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/build/selection.hpp"
#include "libcore/build/source_tree.hpp"
#include "libcore/build/stat_cache.hpp"
#include "libcore/dockerfile/ignore_file.hpp"

#include <optional>

namespace husk::build {

/// A directory that a build copies from. It is opened once, as a descriptor; everything in it is found from
/// there.
class Context {
 public:
  /// Whether the hashes of its files are worth being remembered for the next build.
  enum class Hashes : std::uint8_t { kept, forgotten };
  Context(const store::Lease& lease, Fd root, dockerfile::IgnoreMatcher ignore, Hashes hashes);
  Context(const Context&) = delete;

  SourceTree& tree() noexcept { return tree_; }
  int root() const noexcept { return root_.get(); }
  bool ignores() const noexcept { return !ignore_.empty(); }
  const dockerfile::IgnoreMatcher& ignore_file() const noexcept { return ignore_; }

  /// Hashes the files of SELECTIONS: from the stat cache where nothing of them changed.
  void hash(std::vector<Selection>& selections);
  void save_hashes();

 private:
  const store::Lease* lease_;
  Fd root_;
  dockerfile::IgnoreMatcher ignore_;
  SourceTree tree_;
  Hashes kept_;
  std::optional<StatCache> hashes_;  // loaded when the first file is hashed
};

}  // namespace husk::build
