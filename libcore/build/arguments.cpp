#include "libcore/build/arguments.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/time.hpp"

#include <algorithm>

namespace husk::build {
namespace {

// "NAME=VALUE"; a bare NAME takes its value from the environment, as docker's does.
void add_build_argument(dockerfile::Variables& arguments, const std::string& text) {
  const auto equals = text.find('=');
  const std::string name = text.substr(0, equals);
  if (name.empty()) throw Error(cat("--build-arg ", quote(text), ": no name"), Exit::usage);
  if (equals != std::string::npos) {
    arguments[name] = text.substr(equals + 1);
  } else if (const auto value = find_environment(name.c_str())) {
    arguments[name] = *value;
  }
}

runtime::Volume parse_volume(const std::string& text) {
  const auto fail = [&] {
    throw Error(cat("-v ", quote(text), ": expected HOST:CONTAINER or HOST:CONTAINER:ro"), Exit::usage);
  };
  const auto first = text.find(':');
  if (first == std::string::npos || first == 0) fail();
  runtime::Volume volume;
  volume.source = std::filesystem::absolute(text.substr(0, first));
  volume.target = text.substr(first + 1);
  if (const auto second = volume.target.find(':'); second != std::string::npos) {
    const std::string mode = volume.target.substr(second + 1);
    if (mode != "ro" && mode != "rw") fail();
    if (mode == "ro") volume.read_only = runtime::ReadOnly::all;
    volume.target.resize(second);
  }
  if (!volume.target.starts_with('/')) fail();
  return volume;
}

void add_context(NamedContexts& contexts, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    throw Error(cat("--build-context ", quote(text),
                    ": expected NAME=DIRECTORY, NAME=URL, "
                    "NAME=docker-image://IMAGE or NAME=oci-layout://DIRECTORY"),
                Exit::usage);
  contexts.insert_or_assign(context_key(text.substr(0, equals)),
                            parse_named_context(text.substr(equals + 1)));
}

runtime::Network parse_network(const std::string& text) {
  if (text == "host") return runtime::Network::host;
  if (text == "none") return runtime::Network::none;
  if (text == "private" || text == "default") return runtime::Network::private_network;
  throw Error(cat("--network is host, none or private, not ", quote(text)), Exit::usage);
}

// "a,b"; "local" is this machine's.
void add_platforms(std::vector<oci::Platform>& platforms, std::string_view text) {
  for (;;) {
    const auto comma = text.find(',');
    const std::string_view name = text.substr(0, comma);
    const oci::Platform platform = name == "local" ? oci::host_platform() : oci::parse_platform(name);
    if (std::find(platforms.begin(), platforms.end(), platform) == platforms.end())
      platforms.push_back(platform);
    if (comma == std::string_view::npos) return;
    text.remove_prefix(comma + 1);
  }
}

// What can't be said of one image, and what can't hold several.
void check_platforms(const Options& options) {
  const bool several = options.platforms.size() > 1;
  for (const Annotation& annotation : options.annotations) {
    using Level = Annotation::Level;
    const bool of_index = annotation.level == Level::index || annotation.level == Level::index_descriptor;
    if (of_index && !several && !options.provenance)
      throw Error(cat("--annotation ", quote(annotation.name), ": the image of one platform has no index"),
                  Exit::usage);
  }
  for (const Output& output : options.outputs) {
    if (!several || output.kind != Output::Kind::docker) continue;
    Error error("-o type=docker: it can't hold the images of several platforms", Exit::usage);
    error.set_hint("type=oci can");
    throw error;
  }
}

// An image is one thing, wherever it is written to.
void check_rewriting(Options& options) {
  const auto writes_layers = [](const Output& output) {
    return output.kind != Output::Kind::directory && output.kind != Output::Kind::tar;
  };
  const auto& outputs = options.outputs;
  const auto rewrites = [](const Output& output) { return output.rewrite_times; };
  options.rewrite_times = std::any_of(outputs.begin(), outputs.end(), rewrites);
  if (!options.rewrite_times) return;
  const bool all = std::all_of(outputs.begin(), outputs.end(), [&](const Output& output) {
    return output.rewrite_times || !writes_layers(output);
  });
  if (!all)
    throw Error("rewrite-timestamp is for all images that -o and --push write, or for none", Exit::usage);
  if (!options.source_date) {
    Error error("rewrite-timestamp needs a time: SOURCE_DATE_EPOCH", Exit::usage);
    error.set_hint("SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) is that of the last commit");
    throw error;
  }
  for (const CacheTarget& target : options.cache_to) {
    if (!target.place)
      throw Error("--cache-to=type=inline names layers that rewrite-timestamp replaces", Exit::usage);
  }
}

void read_outputs(const Arguments& arguments, Options& options) {
  for (const std::string& text : arguments.outputs) options.outputs.push_back(parse_output(text));
  if (arguments.push) options.outputs.push_back({.kind = Output::Kind::image, .push = true});
  std::size_t standard = 0;
  for (const Output& output : options.outputs) standard += output.destination == "-" ? 1 : 0;
  if (standard > 1) throw Error("only one -o can be written to standard output", Exit::usage);
  options.id_file = arguments.id_file;
  options.metadata_file = arguments.metadata_file;
}

}  // namespace

Options read_arguments(const Arguments& arguments) {
  Options options;
  options.main_context = parse_context_name(arguments.context);
  options.context = arguments.context;
  options.dockerfile = arguments.dockerfile;
  if (arguments.dockerfile == "-" && options.main_context.kind == ContextName::Kind::standard_input)
    throw Error("-f - and the context - can't both be standard input", Exit::usage);
  for (const std::string& text : arguments.contexts) add_context(options.named_contexts, text);
  options.target = arguments.target;
  if (arguments.jobs != 0) options.jobs = arguments.jobs;
  for (const std::string& tag : arguments.tags) options.tags.push_back(oci::parse_reference(tag));
  for (const std::string& text : arguments.build_arguments) add_build_argument(options.arguments, text);
  for (const std::string& text : arguments.volumes) options.run.volumes.push_back(parse_volume(text));
  for (const std::string& text : arguments.labels) {
    const auto equals = text.find('=');
    options.labels.emplace_back(text.substr(0, equals),
                                equals == std::string::npos ? "" : text.substr(equals + 1));
  }
  options.run.network = parse_network(arguments.network);
  for (const std::string& text : arguments.hosts) options.run.hosts.push_back(parse_host_entry(text));
  if (!arguments.shm_size.empty()) options.run.shm_size = parse_shm_size(arguments.shm_size);
  for (const std::string& text : arguments.limits) options.run.limits.push_back(runtime::parse_limit(text));
  for (const std::string& text : arguments.secrets) options.run.secrets.push_back(parse_secret(text));
  for (const std::string& text : arguments.agents) options.run.agents.push_back(parse_agent(text));
  for (const std::string& text : arguments.annotations) {
    const auto parsed = parse_annotations(text);
    options.annotations.insert(options.annotations.end(), parsed.begin(), parsed.end());
  }
  for (const std::string& text : arguments.platforms) add_platforms(options.platforms, text);
  read_outputs(arguments, options);
  options.provenance = read_attestations(arguments.provenance, arguments.attestations);
  check_platforms(options);
  options.pull = arguments.pull;
  for (const std::string& text : arguments.allowed) add_permission(options.run.allowed, text);
  options.userns = userns::parse_choice(arguments.userns);
  if (arguments.no_cache) options.cache = Cache::ignore;
  options.no_cache_stages = arguments.no_cache_stages;
  for (const std::string& text : arguments.cache_from) options.cache_from.push_back(parse_cache_source(text));
  for (const std::string& text : arguments.cache_to) options.cache_to.push_back(parse_cache_target(text));
  options.keep_failed = arguments.keep;
  options.explain = arguments.explain;
  options.squash = arguments.squash;
  if (arguments.on_error != "fail" && arguments.on_error != "shell") {
    throw Error(cat("--on-error is fail or shell, not ", quote(arguments.on_error)), Exit::usage);
  }
  options.shell_on_error = arguments.on_error == "shell";
  const auto given = options.arguments.find("SOURCE_DATE_EPOCH");
  const auto date =
      given != options.arguments.end() ? std::optional(given->second) : find_environment("SOURCE_DATE_EPOCH");
  if (date) options.source_date = parse_source_date(*date);
  check_rewriting(options);
  options.verify = arguments.verify;
  return options;
}

}  // namespace husk::build
