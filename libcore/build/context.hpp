#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/build/options.hpp"
#include "libcore/build/selection.hpp"
#include "libcore/build/source_tree.hpp"
#include "libcore/build/stat_cache.hpp"
#include "libcore/dockerfile/source.hpp"

#include <optional>

namespace husk::build {

/// The directory that a build copies from. It is opened once, as a descriptor; everything in it is found from
/// there.
class Context {
 public:
  /// Reads the ignore file, too: DOCKERFILE.dockerignore beside the Dockerfile, else .dockerignore.
  Context(const store::Lease& lease, const Options& options);

  SourceTree& tree() noexcept { return *tree_; }
  int root() const noexcept { return root_.get(); }
  bool ignores() const noexcept { return !ignore_.empty(); }
  const dockerfile::IgnoreMatcher& ignore_file() const noexcept { return ignore_; }

  /// Hashes the files of SELECTIONS: from the stat cache where nothing of them changed.
  void hash(std::vector<Selection>& selections);
  void save_hashes();

 private:
  Fd root_;
  dockerfile::IgnoreMatcher ignore_;
  std::optional<SourceTree> tree_;
  const store::Lease* lease_;
  std::optional<StatCache> hashes_;  // loaded when the first file is hashed
};

/// The ignore file of the build context. One that leaves nothing out if there is none.
dockerfile::IgnoreMatcher read_ignore_file(const Options& options);

/// The Dockerfile that OPTIONS name.
dockerfile::Source read_dockerfile(const Options& options);

}  // namespace husk::build
