#include "libcore/build/check.hpp"
#include "libcore/build/image_key.hpp"

#include "libcore/build/scope.hpp"

namespace husk::build {
namespace {

using dockerfile::LintInput;

dockerfile::BaseFacts facts_of(const oci::ImageConfig& config) {
  dockerfile::BaseFacts facts;
  for (const std::string& variable : config.env) {
    const auto equals = variable.find('=');
    facts.environment[variable.substr(0, equals)] =
        equals == std::string::npos ? "" : variable.substr(equals + 1);
  }
  facts.has_shell = config.shell.has_value();
  facts.on_build = config.on_build;
  return facts;
}

bool is_image_name(std::string_view name) {
  try {
    (void)oci::parse_reference(name);
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::optional<LintInput::Platform> parse_platform(std::string_view text) {
  try {
    const oci::Platform platform = oci::parse_platform(text);
    return LintInput::Platform{platform.os, platform.architecture};
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::vector<bool> stages_of(const dockerfile::Dockerfile& file, const StagePlan& plan) {
  std::vector<bool> stages(file.stages.size());
  for (const std::size_t stage : plan.order) stages[stage] = true;
  return stages;
}

dockerfile::World make_world(const dockerfile::Dockerfile& file, const Options& options,
                             const std::vector<bool>& stages, const FindConfig& find) {
  dockerfile::World world{options.arguments,
                          predefined_arguments(file, options.target, {.target = options.target_platform()}),
                          stages};
  world.find_base = [find, &contexts = options.named_contexts](
                        const std::string& image) -> std::optional<dockerfile::BaseFacts> {
    const ContextName* const context = find_context(contexts, image);
    const auto named = context == nullptr ? image : image_name_of(*context);
    if (!named) return dockerfile::BaseFacts{};  // a directory: nothing is set
    const auto config = find(*named);
    return config ? std::optional(facts_of(*config)) : std::nullopt;
  };
  return world;
}

dockerfile::CheckOptions check_options(const dockerfile::Dockerfile& file, const Options& options) {
  const auto given = options.arguments.find("BUILDKIT_DOCKERFILE_CHECK");
  try {
    return dockerfile::parse_check_options(given != options.arguments.end() ? given->second
                                                                            : file.check.text);
  } catch (Error& error) {
    error.add_context("failed to parse check options");
    if (given != options.arguments.end()) throw;
    throw dockerfile::SyntaxError(file.check.at, error.what());
  }
}

dockerfile::LintResult check(const dockerfile::Dockerfile& file, const dockerfile::CheckOptions& options,
                             dockerfile::World world, const dockerfile::IgnoreMatcher* ignore,
                             dockerfile::Diagnostics& diagnostics) {
  const LintInput input{.world = std::move(world),
                        .options = options,
                        .ignore = ignore,
                        .is_image_name = is_image_name,
                        .parse_platform = parse_platform};
  return dockerfile::lint(file, input, diagnostics);
}

std::string list_warnings(const dockerfile::LintResult& result) {
  const std::size_t count = result.warnings.size();
  if (count == 0) return "";
  std::string list =
      cat(count, count == 1 ? " warning" : " warnings", " found (husk-build --check shows more):");
  for (const dockerfile::LintWarning& warning : result.warnings) {
    list += cat("\n - ", dockerfile::info_of(warning.rule).name, ": ", escape(warning.detail), " (line ",
                warning.first_line, ")");
  }
  return list;
}

BuildChecks::BuildChecks(const dockerfile::Dockerfile& file, const Options& options, const StagePlan& plan,
                         const dockerfile::IgnoreMatcher* ignore, BaseImages& images)
    : file_(file), options_(options), plan_(plan), ignore_(ignore), images_(images) {
  try {
    checks_ = check_options(file, options);
  } catch (const dockerfile::SyntaxError& error) {
    file.source.fail(error.at(), error.what());
  }
}

dockerfile::LintResult BuildChecks::look(dockerfile::World::UnknownImage unknown,
                                         dockerfile::Diagnostics& diagnostics) const {
  dockerfile::World world =
      make_world(file_, options_, stages_of(file_, plan_),
                 [&](const std::string& name) -> std::optional<oci::ImageConfig> {
                   const BaseImage* const image =
                       images_.find(image_key(name, options_.target_platform(), oci::host_platform()));
                   return image == nullptr ? std::nullopt : std::optional(image->config);
                 });
  world.unknown_image = unknown;
  return check(file_, checks_, std::move(world), ignore_, diagnostics);
}

void BuildChecks::enforce(const dockerfile::LintResult& result) const {
  if (!result.is_error) return;
  file_.source.fail({result.warnings.front().first_line, 1}, result.violation(),
                    "husk-build --check tells more");
}

void BuildChecks::before_steps() const {
  dockerfile::Diagnostics diagnostics;
  const dockerfile::LintResult result = look(dockerfile::World::UnknownImage::sets_anything, diagnostics);
  if (!diagnostics.empty()) diagnostics.fail(file_.source);
  enforce(result);
}

std::string BuildChecks::after_steps() const {
  dockerfile::Diagnostics diagnostics;  // the steps went well
  const dockerfile::LintResult result = look(dockerfile::World::UnknownImage::sets_nothing, diagnostics);
  enforce(result);
  return list_warnings(result);
}

}  // namespace husk::build
