#include "libcore/cli/tool.hpp"
#include "libcore/container/copy.hpp"

#include <unistd.h>

namespace {

using namespace husk;

struct Options {
  std::string source;
  std::string destination;
  bool archive = false;
  bool follow = false;
  bool quiet = false;
};

int copy(const cli::Tool& tool, const Options& options) {
  const container::CopyEnd from = container::parse_copy_end(options.source);
  const container::CopyEnd to = container::parse_copy_end(options.destination);
  if (to.container.empty() && to.path == "-" && ::isatty(STDOUT_FILENO) == 1)
    throw Error("standard output is a terminal: send the tar into a file or a pipe", Exit::usage);
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  const auto notes = container::copy(
      store, from, to,
      {.source_link = options.follow ? container::SourceLink::follow : container::SourceLink::copy,
       .owners = options.archive ? container::CopyOwners::keep : container::CopyOwners::receiver});
  for (const std::string& note : notes) {
    if (!options.quiet) tool.warn(note);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-cp", "Copy files between a container and this machine");
  Options options;
  auto& app = tool.app();
  app.add_option("SOURCE", options.source, "PATH, CONTAINER:PATH, or - for a tar on standard input")
      ->required();
  app.add_option("DEST", options.destination, "PATH, CONTAINER:PATH, or - for a tar on standard output")
      ->required();
  app.add_flag("-a,--archive", options.archive, "Keep user and group ids");
  app.add_flag("-L,--follow-link", options.follow, "Copy what a symbolic link leads to");
  app.add_flag("-q,--quiet", options.quiet, "Do not say what was left out");
  return tool.run(argc, argv, [&] { return copy(tool, options); });
}
