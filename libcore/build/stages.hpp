#pragma once

#include "libcore/build/context_name.hpp"
#include "libcore/build/scope.hpp"
#include "libcore/dockerfile/dockerfile.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

/// What a stage starts from: an earlier stage, an image, a directory, or nothing at all.
struct Origin {
  std::optional<std::size_t> stage = {};
  std::string image = {};    // image_key(); "scratch" for nothing at all
  std::string context = {};  // what --build-context gives this name to: the files of a directory on scratch

  bool is_scratch() const noexcept { return !stage && image == "scratch"; }
};

/// Which stages a build needs: those that the target is made from, in the order of the file.
struct StagePlan {
  std::size_t target = 0;
  std::vector<std::size_t> order;  // the target is last
  // Of every stage of the file; empty where it is not in ORDER.
  std::vector<Origin> bases;
  std::vector<oci::Platform> platforms;
  std::vector<std::vector<std::size_t>> needs;  // the stages that have to be built before it, in order
  std::vector<std::string>
      images;  // image_key() of images that the stages start or copy from, as far as known
  std::vector<std::string> contexts;  // the same of directories of --build-context

  /// Whether two of the stages could be built at the same time.
  bool has_independent_stages() const;
};

/// Adds to PLAN what the ONBUILD triggers of the image that STAGE starts from take files from, which is not
/// known before the image is here. Returns the stages that are new in the plan: those, and what they need.
std::vector<std::size_t> add_triggers(StagePlan& plan, const dockerfile::Dockerfile& file, std::size_t stage,
                                      const std::vector<std::string>& triggers, const Variables& global,
                                      const NamedContexts& contexts, const Platforms& platforms = {});

/// How far the stages of a plan are.
enum class StageProgress : std::uint8_t { waiting, running, built };

/// Which stages can be begun: none that they need is missing, and no more than LIMIT are running then.
std::vector<std::size_t> next_stages(const StagePlan& plan, const std::vector<StageProgress>& progress,
                                     std::size_t limit);

/// The stage called NAME (any case), or of that number, among the first LIMIT ones.
std::optional<std::size_t> find_stage(const dockerfile::Dockerfile& file, std::string_view name,
                                      std::size_t limit);

/// TARGET is the name or number of a stage, "" the last one. Throws Error as the compiler would print it.
/// What --build-context names shadows stages and images.
StagePlan plan_stages(const dockerfile::Dockerfile& file, const std::string& target, const Variables& global,
                      const NamedContexts& contexts = {}, const Platforms& platforms = {});

}  // namespace husk::build
