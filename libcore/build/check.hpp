#pragma once

#include "libcore/build/base_image.hpp"
#include "libcore/build/options.hpp"
#include "libcore/build/stages.hpp"
#include "libcore/dockerfile/lint.hpp"
#include "libcore/oci/image_config.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

/// Nothing for an image that is not in the store.
using FindConfig = std::function<std::optional<oci::ImageConfig>(const std::string& image)>;

/// Which stages of FILE are in PLAN, as World has it.
std::vector<bool> stages_of(const dockerfile::Dockerfile& file, const StagePlan& plan);

/// What a build with OPTIONS, which must outlive it, knows besides FILE. STAGES as in World.
dockerfile::World make_world(const dockerfile::Dockerfile& file, const Options& options,
                             const std::vector<bool>& stages, const FindConfig& find);

/// What "# check=" says, or --build-arg BUILDKIT_DOCKERFILE_CHECK, which wins. Throws SyntaxError if the
/// former is wrong, Error if the latter is.
dockerfile::CheckOptions check_options(const dockerfile::Dockerfile& file, const Options& options);

/// Looks at FILE with BuildKit's build checks. IGNORE may be null.
dockerfile::LintResult check(const dockerfile::Dockerfile& file, const dockerfile::CheckOptions& options,
                             dockerfile::World world, const dockerfile::IgnoreMatcher* ignore,
                             dockerfile::Diagnostics& diagnostics);

/// A line for each warning and one before them, as docker prints them after a build. "" if there is none.
std::string list_warnings(const dockerfile::LintResult& result);

/// The checks of a build. Where a warning is an error, it fails before the first step if no base image has to
/// be known for that, else after the last one, without a result.
class BuildChecks {
 public:
  /// All of them must outlive it. Throws Error if there is no such option as "# check=" asks for.
  BuildChecks(const dockerfile::Dockerfile& file, const Options& options, const StagePlan& plan,
              const dockerfile::IgnoreMatcher* ignore, BaseImages& images);

  /// Throws Error with all that will go wrong, or if a warning is an error; what depends on base images that
  /// are not in the store is left for later.
  void before_steps() const;
  /// Returns what list_warnings() makes of them; throws Error if one is an error.
  std::string after_steps() const;

 private:
  dockerfile::LintResult look(dockerfile::World::UnknownImage unknown,
                              dockerfile::Diagnostics& diagnostics) const;
  void enforce(const dockerfile::LintResult& result) const;

  const dockerfile::Dockerfile& file_;
  const Options& options_;
  const StagePlan& plan_;
  const dockerfile::IgnoreMatcher* ignore_;
  BaseImages& images_;
  dockerfile::CheckOptions checks_;
};

}  // namespace husk::build
