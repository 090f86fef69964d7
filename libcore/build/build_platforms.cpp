#include "libcore/build/build_platforms.hpp"

#include "libcore/base/error.hpp"
#include "libcore/build/check.hpp"
#include "libcore/build/rewrite_times.hpp"
#include "libcore/build/squash.hpp"

#include <memory>

namespace husk::build {
namespace {

BuiltSteps list_steps(const Workshop& workshop, std::size_t target) {
  BuiltSteps steps{.image = workshop.built.at(target).keys, .all = {}};
  for (const auto& [stage, result] : workshop.built) {
    steps.all.insert(steps.all.end(), result.keys.begin(), result.keys.end());
  }
  return steps;
}

Materials join_materials(const Workshop& workshop) {
  Materials all;
  for (const auto& [stage, result] : workshop.built) all.add(result.materials);
  return all;
}

std::size_t count_base_layers(const Workshop& workshop, const StagePlan& plan) {
  const Origin* base = &plan.bases[plan.target];
  while (base->stage) base = &plan.bases[*base->stage];
  return base->is_scratch() ? 0 : workshop.images.get(base->image).config.diff_ids.size();
}

void squash_as_asked(Workshop& workshop, const StagePlan& plan, oci::ImageConfig& config) {
  const Origin& base = plan.bases[plan.target];
  std::optional<std::size_t> kept = workshop.built.at(plan.target).unsquashed;
  if (workshop.session.options.squash) {
    kept = base.stage          ? workshop.built.at(*base.stage).config.diff_ids.size()
           : base.is_scratch() ? 0
                               : workshop.images.get(base.image).config.diff_ids.size();
  }
  if (kept) squash(workshop.session, config, *kept);
}

// The build for one platform, before and after its stages are built.
class PlatformBuild {
 public:
  PlatformBuild(BuildSite& site, const oci::Platform& platform, std::size_t number)
      : platforms_{.target = platform},
        global_(global_scope(site.file, options_of(site).arguments, platforms_, options_of(site).target)),
        plan_(plan_stages(site.file, options_of(site).target, global_, options_of(site).named_contexts,
                          platforms_)),
        shop_{.session = site.session,
              .file = site.file,
              .global = global_,
              .platforms = platforms_,
              .contexts = site.contexts,
              .images = site.images,
              .squash_marks = find_squash_marks(site.file),
              .first_stage = number * site.file.stages.size(),
              .label = options_of(site).platforms.size() > 1 ? platform.str() + " " : ""} {
    site.contexts.bring(plan_, site.images);
  }
  PlatformBuild(const PlatformBuild&) = delete;

  const StagePlan& plan() const noexcept { return plan_; }
  Workshop& shop() noexcept { return shop_; }
  const oci::ImageConfig& built_config() const { return shop_.built.at(plan_.target).config; }

  /// When its stages are built.
  PlatformImage finish() {
    const Options& options = shop_.session.options;
    PlatformImage image{platforms_.target, built_config(), list_steps(shop_, plan_.target),
                        count_base_layers(shop_, plan_), join_materials(shop_)};
    squash_as_asked(shop_, plan_, image.config);
    for (const auto& [name, value] : options.labels) image.config.labels[name] = value;
    if (options.source_date) image.config = with_times_until(image.config, *options.source_date);
    if (options.rewrite_times) {
      image.config =
          rewrite_layer_times(shop_.session, image.config, image.base_layers, *options.source_date);
    }
    return image;
  }

 private:
  static const Options& options_of(const BuildSite& site) { return site.session.options; }

  Platforms platforms_;
  Variables global_;
  StagePlan plan_;
  Workshop shop_;
};

using PlatformBuilds = std::vector<std::unique_ptr<PlatformBuild>>;

// Without the layers of the images on the way, a cache may have promised what it can't keep: then once more,
// without it. What was made is in the store's own cache.
void build_stages(const BuildSite& site, const PlatformBuilds& builds) {
  const Session& session = site.session;
  const auto build_once = [&] {
    std::vector<Engine::Job> jobs;
    for (const auto& build : builds) jobs.push_back({build->shop(), build->plan()});
    Engine(jobs, site.channel, site.interruption).run();
    for (const auto& build : builds) site.imported.bring(session, build->built_config().diff_ids);
  };
  try {
    return build_once();
  } catch (const Error& error) {
    if (!site.imported.failed(session.lease)) throw;
    session.report({.kind = Event::Kind::note, .text = cat("warning: no cache is imported: ", error.what())});
  }
  site.imported.clear();
  for (const auto& build : builds) build->shop().built.clear();
  build_once();
}

}  // namespace

std::vector<PlatformImage> build_platforms(BuildSite& site, const std::vector<oci::Platform>& platforms) {
  PlatformBuilds builds;
  for (const oci::Platform& platform : platforms)
    builds.push_back(std::make_unique<PlatformBuild>(site, platform, builds.size()));
  const Context& main = site.contexts.main();
  const BuildChecks checks(site.file, site.session.options, builds.front()->plan(),
                           main.ignores() ? &main.ignore_file() : nullptr, site.images);
  checks.before_steps();
  try {
    build_stages(site, builds);
  } catch (Error& error) {
    site.log.fail(error.what());
    if (error.hint().empty() && !site.log.failed_step().empty()) {
      error.set_hint(cat("husk-build --log last ", site.log.failed_step(), " shows all that it printed"));
    }
    throw;
  }
  site.contexts.save_hashes();
  check_interrupted();
  if (const std::string warnings = checks.after_steps(); !warnings.empty())
    site.session.report({.kind = Event::Kind::checks, .text = warnings});
  std::vector<PlatformImage> images;
  for (const auto& build : builds) images.push_back(build->finish());
  return images;
}

}  // namespace husk::build
