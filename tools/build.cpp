#include "libcore/build/build.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/build/progress.hpp"
#include "libcore/cli/tool.hpp"

#include <charconv>
#include <cstdio>
#include <iostream>

namespace {

using namespace husk;

struct Arguments {
  std::vector<std::string> tags, build_arguments, volumes, labels;
  std::string network = "private", userns = "auto", progress = "auto";
  bool no_cache = false, quiet = false;
  build::Options build;
};

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
    volume.read_only = mode == "ro";
    volume.target.resize(second);
  }
  if (!volume.target.starts_with('/')) fail();
  return volume;
}

runtime::Network parse_network(const std::string& text) {
  if (text == "host") return runtime::Network::host;
  if (text == "none") return runtime::Network::none;
  if (text == "private" || text == "default") return runtime::Network::private_;
  throw Error(cat("--network is host, none or private, not ", quote(text)), Exit::usage);
}

std::optional<std::int64_t> parse_source_date(const std::string& text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0) {
    throw Error(cat("SOURCE_DATE_EPOCH is no number of seconds: ", quote(text)), Exit::usage);
  }
  return seconds;
}

void read_arguments(Arguments& arguments) {
  build::Options& options = arguments.build;
  for (const std::string& tag : arguments.tags) options.tags.push_back(oci::parse_reference(tag));
  for (const std::string& text : arguments.build_arguments) add_build_argument(options.arguments, text);
  for (const std::string& text : arguments.volumes) options.volumes.push_back(parse_volume(text));
  for (const std::string& text : arguments.labels) {
    const auto equals = text.find('=');
    options.labels.emplace_back(text.substr(0, equals),
                                equals == std::string::npos ? "" : text.substr(equals + 1));
  }
  options.network = parse_network(arguments.network);
  options.userns = userns::parse_choice(arguments.userns);
  if (arguments.no_cache) options.cache = build::Cache::ignore;
  const auto given = options.arguments.find("SOURCE_DATE_EPOCH");
  const auto date =
      given != options.arguments.end() ? std::optional(given->second) : find_environment("SOURCE_DATE_EPOCH");
  if (date) options.source_date = parse_source_date(*date);
}

int build_image(const cli::Tool& tool, Arguments& arguments) {
  read_arguments(arguments);
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  const auto progress =
      build::make_progress(arguments.quiet ? build::ProgressStyle::quiet : build::ProgressStyle::plain);
  const store::Tag tag =
      build::build_image(store, arguments.build, [&](const build::Event& event) { progress->show(event); });
  std::printf("%s\n", tag.image_id.str().c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-build", "Build an image from a Dockerfile");
  Arguments arguments;
  build::Options& options = arguments.build;
  auto& app = tool.app();
  const auto repeated = [&](const char* name, std::vector<std::string>& into, const char* help) {
    app.add_option(name, into, help)->allow_extra_args(false)->type_size(1);
  };
  app.add_option("CONTEXT", options.context, "The directory that COPY takes files from");
  repeated("-t,--tag", arguments.tags, "A name for the image; may be given several times");
  app.add_option("-f,--file", options.dockerfile, "The Dockerfile; - is standard input");
  repeated("--build-arg", arguments.build_arguments, "NAME=VALUE for an ARG; NAME takes the environment's");
  app.add_option("--target", options.target, "The stage to build");
  app.add_flag("--no-cache", arguments.no_cache, "Make every step again");
  app.add_flag("-q,--quiet", arguments.quiet, "Print the image id, and nothing else but errors");
  app.add_option("-j,--jobs", options.jobs, "Stages that are built at the same time; as many as processors");
  repeated("-v,--volume", arguments.volumes, "HOST:CONTAINER[:ro]: a directory or file that every RUN sees");
  repeated("--label", arguments.labels, "NAME=VALUE: a label of the image");
  app.add_option("--network", arguments.network, "Of every RUN: host, none or private");
  app.add_option("--userns", arguments.userns, "Owners of the files: auto, subid or single");
  app.add_option("--progress", arguments.progress, "How to show progress: auto or plain")
      ->check(CLI::IsMember({"auto", "plain"}));
  return tool.run(argc, argv, [&] { return build_image(tool, arguments); });
}
