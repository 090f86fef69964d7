#include "libcore/build/build.hpp"

#include "libcore/base/output_file.hpp"
#include "libcore/build/build_log.hpp"
#include "libcore/build/check.hpp"
#include "libcore/build/engine.hpp"
#include "libcore/build/export_cache.hpp"
#include "libcore/build/imported_caches.hpp"

#include <unistd.h>
#include <algorithm>

namespace husk::build {
namespace {

// Those that have a meaning without an ARG.
bool is_known_argument(std::string_view name) {
  return is_proxy_argument(name) || name.starts_with("BUILDKIT_") || name == "SOURCE_DATE_EPOCH";
}

void warn_about_unused_arguments(const dockerfile::Dockerfile& file, const Options& options,
                                 const Report& report) {
  std::set<std::string> declared;
  const auto note = [&](const dockerfile::Instruction& instruction) {
    if (const auto* arg = std::get_if<dockerfile::Arg>(&instruction.what)) {
      for (const auto& item : arg->items) declared.insert(item.name.text);
    }
  };
  for (const auto& instruction : file.global_args) note(instruction);
  for (const auto& stage : file.stages) {
    for (const auto& instruction : stage.instructions) note(instruction);
  }
  for (const auto& [name, value] : options.arguments) {
    if (!declared.contains(name) && !is_known_argument(name)) {
      report({.kind = Event::Kind::note, .text = cat("warning: no ARG takes --build-arg ", quote(name))});
    }
  }
}

void write_id_and_metadata(const Result& result, const Options& options, const oci::Platform& platform) {
  if (!options.id_file.empty()) write_output_file(options.id_file, result.image.image_id.str());
  if (!options.metadata_file.empty())
    write_output_file(options.metadata_file, print_metadata(result, platform));
}

BuiltSteps list_steps(const Workshop& workshop, std::size_t target) {
  BuiltSteps steps{.image = workshop.built.at(target).keys, .all = {}};
  for (const auto& [stage, result] : workshop.built) {
    steps.all.insert(steps.all.end(), result.keys.begin(), result.keys.end());
  }
  return steps;
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

store::Annotations annotations_of(const Session& session, const BuiltSteps& steps,
                                  const oci::ImageConfig& config) {
  store::Annotations annotations = session.options.annotations;
  const auto& targets = session.options.cache_to;
  if (std::any_of(targets.begin(), targets.end(), [](const CacheTarget& each) { return !each.place; }))
    annotations[oci::build_cache_annotation] = inline_cache(session, steps, config.diff_ids);
  return annotations;
}

}  // namespace

Result build_image(const store::Store& store, const Options& options, const Report& report) {
  Interruption interruption;
  if (options.shell_on_error && ::isatty(STDIN_FILENO) != 1) {
    throw Error("--on-error=shell needs a terminal as standard input", Exit::usage);
  }
  const auto began = std::chrono::steady_clock::now();
  const userns::IdMap map = userns::choose_map(options.userns);
  const store::Lease lease(store);
  BuildLog log(lease);
  // A process that builds a stage reports to this one.
  Engine::Channel channel{[&](const Event& event) {
                            log.hear(event);
                            report(event);
                          },
                          {}};
  ImportedCaches imported;
  const Session session{lease, map, options, channel.report, channel.take_terminal, imported};
  Contexts contexts(session);
  const dockerfile::Dockerfile file = dockerfile::parse_dockerfile(contexts.dockerfile());
  const oci::Platform platform = oci::host_platform();
  const Variables global = global_scope(file, options.arguments, platform, options.target);
  const StagePlan plan = plan_stages(file, options.target, global, options.named_contexts);
  warn_about_unused_arguments(file, options, report);

  BaseImages images(store);
  contexts.bring(plan, images);
  const Context& main = contexts.main();
  const BuildChecks checks(file, options, plan, main.ignores() ? &main.ignore_file() : nullptr, images);
  checks.before_steps();
  Workshop workshop{session, file, global, platform, contexts, images};
  try {
    imported.read(session, platform);
    build_stages(workshop, plan, channel, interruption, imported);
  } catch (Error& error) {
    log.finish(error.what());
    if (error.hint().empty() && !log.failed_step().empty()) {
      error.set_hint(cat("husk-build --log last ", log.failed_step(), " shows all that it printed"));
    }
    throw;
  }
  contexts.save_hashes();
  check_interrupted();
  if (const std::string warnings = checks.after_steps(); !warnings.empty()) {
    report({.kind = Event::Kind::checks, .text = warnings});
  }
  oci::ImageConfig config = workshop.built.at(plan.target).config;
  for (const auto& [name, value] : options.labels) config.labels[name] = value;
  const BuiltSteps steps = list_steps(workshop, plan.target);
  Result result = write_outputs(session, config, annotations_of(session, steps, config));
  export_caches(session, steps);
  write_id_and_metadata(result, options, platform);
  log.finish(result.image.image_id.str());
  report({.kind = Event::Kind::finished,
          .text = result.image.image_id.str(),
          .seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count()});
  return result;
}

}  // namespace husk::build
