#include "libcore/container/export.hpp"
#include "libcore/base/error.hpp"
#include "libcore/cli/tool.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace husk;

struct Options {
  std::string name;
  std::string output = "-";
};

Fd open_output(const std::string& name) {
  if (name == "-") {
    if (::isatty(STDOUT_FILENO) == 1)
      throw Error(
          "standard output is a terminal: send the tar into a file or "
          "a pipe, or use -o",
          Exit::usage);
    return Fd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3));
  }
  Fd file(::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file) throw_errno("open ", quote(name));
  return file;
}

int export_to(const cli::Tool& tool, const Options& options) {
  Fd output = open_output(options.output);
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  for (const std::string& note : container::export_root(store, options.name, output.get())) tool.warn(note);
  output.close_written(options.output == "-" ? "standard output" : options.output);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-export", "Write the root file system of a container or an image as a tar");
  Options options;
  auto& app = tool.app();
  app.add_option("NAME", options.name, "Container or image, by name or id")->required();
  app.add_option("-o,--output", options.output, "Write to this file instead of standard output");
  return tool.run(argc, argv, [&] { return export_to(tool, options); });
}
