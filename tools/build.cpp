#include "libcore/build/build.hpp"
#include "libcore/build/arguments.hpp"
#include "libcore/build/build_log.hpp"
#include "libcore/build/call.hpp"
#include "libcore/build/progress.hpp"
#include "libcore/cli/tool.hpp"

#include <algorithm>
#include <cstdio>

namespace {

using namespace husk;

// Prints what there is to say of the Dockerfile.
int answer_call(const cli::Tool& tool, const build::Call& call, const build::Options& options) {
  const build::CallResult result = build::carry_out(call, options);
  std::fputs(result.text.c_str(), stdout);
  if (!result.note.empty()) tool.warn(result.note);
  if (!result.error.empty()) {
    Error error(result.error);
    error.set_hint(result.hint);
    throw error;
  }
  return result.warned ? 1 : 0;
}

int build_image(const cli::Tool& tool, const build::Arguments& arguments) {
  build::Options options = build::read_arguments(arguments);
  if (!arguments.log.empty()) {
    const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
    build::show_log(store, arguments.log[0], arguments.log.size() > 1 ? arguments.log[1] : "");
    return 0;
  }
  const build::Call call = build::parse_call(arguments.call, arguments.format, arguments.check);
  if (call.method != build::Call::Method::build) return answer_call(tool, call, options);
  const auto progress = build::make_progress(
      arguments.quiet ? build::ProgressStyle::quiet : build::choose_progress_style(arguments.progress));
  options.tick = progress->tick();
  const build::Report report = [&](const build::Event& event) { progress->show(event); };
  const auto store = store::Store::open(
      [&](const std::string& text) { report({.kind = build::Event::Kind::note, .text = text}); });
  const build::Result result = build::build_image(store, options, report);
  const bool taken = std::any_of(options.outputs.begin(), options.outputs.end(),
                                 [](const build::Output& output) { return output.destination == "-"; });
  if (!taken) std::printf("%s\n", result.image.image_id.str().c_str());
  return 0;
}

void offer(cli::Tool& tool, const cli::Option* option, std::vector<std::string> values) {
  tool.complete(option, [values = std::move(values)](std::string_view) { return values; });
}

void add_source_options(cli::Command& app, build::Arguments& arguments) {
  app.add_option("CONTEXT", arguments.context,
                 "What COPY takes files from: a directory, a URL, or - for a tar on standard input");
  app.add_repeated("--build-context", arguments.contexts,
                   "NAME=DIRECTORY|URL|docker-image://IMAGE|oci-layout://DIRECTORY: for FROM and --from");
  app.add_option("-f,--file", arguments.dockerfile, "The Dockerfile: a file, a URL, or - for standard input");
  app.add_option("--target", arguments.target, "The stage to build");
  app.add_flag("--pull", arguments.pull, "Ask for the newest base images, also where some are here");
  app.add_repeated("--build-arg", arguments.build_arguments,
                   "NAME=VALUE for an ARG; NAME takes the environment's");
}

void add_step_options(cli::Command& app, build::Arguments& arguments) {
  app.add_repeated("-v,--volume", arguments.volumes, "HOST:CONTAINER[:ro]: what every RUN sees");
  app.add_option("--network", arguments.network, "Of every RUN: host, none or private");
  app.add_repeated("--add-host", arguments.hosts, "NAME:ADDRESS: a line for /etc/hosts of every RUN");
  app.add_option("--shm-size", arguments.shm_size, "Of /dev/shm of every RUN: 64m is the default");
  app.add_repeated("--ulimit", arguments.limits, "NAME=SOFT[:HARD]: a resource limit of every RUN");
  app.add_repeated("--secret", arguments.secrets,
                   "id=NAME,src=FILE or id=NAME,env=VARIABLE: for RUN --mount=type=secret");
  app.add_repeated("--ssh", arguments.agents, "default, ID=SOCKET or ID=KEY: for RUN --mount=type=ssh");
  app.add_repeated("--allow", arguments.allowed,
                   "network.host, device or device=/dev/NAME: what a RUN may ask for");
  app.add_option("-j,--jobs", arguments.jobs, "Stages built side by side; as many as processors");
  app.add_option("--userns", arguments.userns, "Owners of the files: auto, subid or single");
}

void add_cache_options(cli::Command& app, build::Arguments& arguments) {
  app.add_flag("--no-cache", arguments.no_cache, "Make every step again");
  app.add_repeated("--cache-from", arguments.cache_from,
                   "type=local,src=DIRECTORY, type=registry,ref=NAME, or NAME: steps made elsewhere");
  app.add_repeated("--cache-to", arguments.cache_to,
                   "type=local,dest=DIRECTORY, type=registry,ref=NAME, type=inline, or NAME; mode=min|max");
  app.add_flag("--verify", arguments.verify, "Build twice, compare, and fail if the images differ");
  app.add_flag("--explain", arguments.explain, "Say of each step that is made what was not the same before");
  app.add_repeated("--no-cache-filter", arguments.no_cache_stages, "Make the steps of these stages again")
      ->delimiter(',');
}

void add_result_options(cli::Tool& tool, build::Arguments& arguments) {
  cli::Command& app = tool.app();
  app.add_repeated("-t,--tag", arguments.tags, "A name for the image; may be given several times");
  app.add_repeated("--label", arguments.labels, "NAME=VALUE: a label of the image");
  app.add_repeated("--platform", arguments.platforms,
                   "OS/ARCH[/VARIANT],...: what the image is for; several make an index");
  app.add_repeated("--annotation", arguments.annotations,
                   "[LEVEL[[PLATFORM]]:]NAME=VALUE: of the manifest, or index, manifest-descriptor, "
                   "index-descriptor");
  app.add_repeated("-o,--output", arguments.outputs,
                   "type=local|tar|oci|docker|image|registry,dest=PATH,...; DIRECTORY; - for a tar");
  app.add_flag("--squash", arguments.squash, "Make one layer of all that the stage adds to its base image");
  app.add_flag("--push", arguments.push, "Send the image to the registries that its names name");
  offer(
      tool,
      app.add_option("--provenance", arguments.provenance, "How it was made, as an attestation: min or max"),
      {"false", "max", "min", "mode=max", "mode=min", "true"});
  app.add_repeated("--attest", arguments.attestations, "The same: type=provenance,mode=min|max,...");
  app.add_option("--iidfile", arguments.id_file, "Write the image id to this file");
  app.add_option("--metadata-file", arguments.metadata_file, "Write ids and names here, as JSON");
}

void add_display_options(cli::Command& app, build::Arguments& arguments) {
  app.add_flag("-q,--quiet", arguments.quiet, "Print the image id, and nothing else but errors");
  app.add_option("--progress", arguments.progress, "How to show progress: auto, tty, plain, quiet or json");
  app.add_option("--on-error", arguments.on_error, "What to do when a RUN fails: fail, or open a shell");
  app.add_flag("--keep", arguments.keep, "Keep the file system of a failed step as a container");
  app.add_option("--log", arguments.log,
                 "Show what the steps of a build printed: last, list or an id, and a step")
      ->expected(1, 2);
}

void add_call_options(cli::Tool& tool, build::Arguments& arguments) {
  cli::Command& app = tool.app();
  offer(tool,
        app.add_option("--call", arguments.call,
                       "Print instead of building: check, outline, targets or parse, and maybe ,format=json"),
        {"build", "check", "outline", "parse", "targets"});
  app.add_flag("--check", arguments.check, "Print what might be wrong with the Dockerfile; --call=check");
  app.add_option("--format", arguments.format, "Of --check and --call: text or json; of parse json or sexp");
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-build", "Build an image from a Dockerfile");
  build::Arguments arguments;
  add_source_options(tool.app(), arguments);
  add_step_options(tool.app(), arguments);
  add_cache_options(tool.app(), arguments);
  add_result_options(tool, arguments);
  add_display_options(tool.app(), arguments);
  add_call_options(tool, arguments);
  return tool.run(argc, argv, [&] { return build_image(tool, arguments); });
}
