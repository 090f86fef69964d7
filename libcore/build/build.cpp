#include "libcore/build/build.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/output_file.hpp"
#include "libcore/base/time.hpp"
#include "libcore/build/build_platforms.hpp"
#include "libcore/build/provenance.hpp"
#include "libcore/build/verify.hpp"

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

void write_id_and_metadata(const Result& result, const Options& options) {
  if (!options.id_file.empty()) write_output_file(options.id_file, result.image.image_id.str());
  if (!options.metadata_file.empty())
    write_output_file(options.metadata_file, print_metadata(result, options.target_platform()));
}

std::vector<PlatformImage> build_all(BuildSite& site) {
  std::vector<oci::Platform> platforms = site.session.options.platforms;
  if (platforms.empty()) platforms.push_back(site.session.options.target_platform());
  site.imported.read(site.session, platforms);
  return build_platforms(site, platforms);
}

// For --verify: nothing is taken from the cache, and what the steps say they have said before.
std::vector<PlatformImage> build_again(const BuildSite& first) {
  Options options = first.session.options;
  options.cache = Cache::ignore;
  options.cache_from.clear();
  options.explain = options.keep_failed = options.shell_on_error = false;
  Engine::Channel channel{[&](const Event& event) {
                            if (event.kind == Event::Kind::tick || event.kind == Event::Kind::note)
                              first.session.report(event);
                          },
                          {}};
  ImportedCaches imported;
  const Session session{first.session.lease,
                        first.session.map,
                        first.session.user_namespace,
                        options,
                        channel.report,
                        channel.take_terminal,
                        imported,
                        "again-"};
  BuildSite again{session,  first.file, first.contexts,     first.images,
                  imported, channel,    first.interruption, first.log};
  session.report({.kind = Event::Kind::note, .text = "building it again, to compare"});
  return in_context([] { return std::string("the second build"); }, [&] { return build_all(again); });
}

void verify(const BuildSite& site, const std::vector<PlatformImage>& built) {
  const std::vector<PlatformImage> again = build_again(site);
  for (std::size_t i = 0; i < built.size(); ++i) {
    const auto describe = [&] { return built[i].platform.str(); };
    in_context(describe, [&] { require_same_image(site.session, built[i].config, again[i].config); });
  }
  site.session.report({.kind = Event::Kind::note, .text = "the second build gave the same image"});
}

// All steps, each of them once and of all platforms.
BuiltSteps join_steps(const std::vector<PlatformImage>& images) {
  BuiltSteps steps;
  for (const PlatformImage& image : images) {
    steps.image.insert(steps.image.end(), image.steps.image.begin(), image.steps.image.end());
    steps.all.insert(steps.all.end(), image.steps.all.begin(), image.steps.all.end());
  }
  return steps;
}

}  // namespace

Result build_image(const store::Store& store, const Options& options, const Report& report) {
  Interruption interruption;
  if (options.shell_on_error && ::isatty(STDIN_FILENO) != 1) {
    throw Error("--on-error=shell needs a terminal as standard input", Exit::usage);
  }
  const auto began = std::chrono::steady_clock::now();
  const Time began_at = now();
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
  userns::SharedNamespace user_namespace(map);
  const Session session{lease, map, user_namespace, options, channel.report, channel.take_terminal, imported};
  Contexts contexts(session);
  const dockerfile::Dockerfile file = dockerfile::parse_dockerfile(contexts.dockerfile());
  warn_about_unused_arguments(file, options, report);
  BaseImages images(store);
  BuildSite site{session, file, contexts, images, imported, channel, interruption, log};
  std::vector<PlatformImage> built = build_all(site);
  if (options.verify) verify(site, built);
  describe_builds(site, built, began_at);
  Result result = write_outputs(session, built);
  export_caches(session, join_steps(built));
  write_id_and_metadata(result, options);
  log.finish(result.image.image_id.str());
  report({.kind = Event::Kind::finished,
          .text = result.image.image_id.str(),
          .seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count()});
  return result;
}

}  // namespace husk::build
