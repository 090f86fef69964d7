#include "libcore/build/build_platform.hpp"

#include "libcore/base/error.hpp"
#include "libcore/build/check.hpp"
#include "libcore/build/rewrite_times.hpp"
#include "libcore/build/squash.hpp"

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

// Without the layers of the image on the way, a cache may have promised what it can't keep: then once more,
// without it. What was made is in the store's own cache.
void build_stages(Workshop& workshop, const StagePlan& plan, Engine::Channel& channel,
                  Interruption& interruption, ImportedCaches& imported) {
  const Session& session = workshop.session;
  const auto build = [&] {
    Engine(workshop, plan, channel, interruption).run();
    imported.bring(session, workshop.built.at(plan.target).config.diff_ids);
  };
  try {
    return build();
  } catch (const Error& error) {
    if (!imported.failed(session.lease)) throw;
    session.report({.kind = Event::Kind::note, .text = cat("warning: no cache is imported: ", error.what())});
  }
  imported.clear();
  workshop.built.clear();
  build();
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

}  // namespace

PlatformImage build_for(BuildSite& site, std::size_t number) {
  const Session& session = site.session;
  const Options& options = session.options;
  const bool several = options.platforms.size() > 1;
  const Platforms platforms{.target =
                                options.platforms.empty() ? oci::host_platform() : options.platforms[number]};
  const Variables global = global_scope(site.file, options.arguments, platforms, options.target);
  const StagePlan plan = plan_stages(site.file, options.target, global, options.named_contexts, platforms);
  site.contexts.bring(plan, site.images);
  const Context& main = site.contexts.main();
  const BuildChecks checks(site.file, options, plan, main.ignores() ? &main.ignore_file() : nullptr,
                           site.images);
  if (number == 0) checks.before_steps();
  Workshop workshop{.session = session,
                    .file = site.file,
                    .global = global,
                    .platforms = platforms,
                    .contexts = site.contexts,
                    .images = site.images,
                    .squash_marks = find_squash_marks(site.file),
                    .first_stage = number * site.file.stages.size(),
                    .label = several ? platforms.target.str() + " " : ""};
  try {
    build_stages(workshop, plan, site.channel, site.interruption, site.imported);
  } catch (Error& error) {
    site.log.fail(error.what());
    if (error.hint().empty() && !site.log.failed_step().empty()) {
      error.set_hint(cat("husk-build --log last ", site.log.failed_step(), " shows all that it printed"));
    }
    throw;
  }
  site.contexts.save_hashes();
  check_interrupted();
  if (const std::string warnings = number == 0 ? checks.after_steps() : ""; !warnings.empty()) {
    session.report({.kind = Event::Kind::checks, .text = warnings});
  }
  PlatformImage image{platforms.target, workshop.built.at(plan.target).config,
                      list_steps(workshop, plan.target), count_base_layers(workshop, plan),
                      join_materials(workshop)};
  squash_as_asked(workshop, plan, image.config);
  for (const auto& [name, value] : options.labels) image.config.labels[name] = value;
  if (options.source_date) image.config = with_times_until(image.config, *options.source_date);
  if (options.rewrite_times) {
    image.config = rewrite_layer_times(session, image.config, image.base_layers, *options.source_date);
  }
  return image;
}

}  // namespace husk::build
