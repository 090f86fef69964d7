#include "libcore/transfer/import.hpp"
#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/time.hpp"
#include "libcore/cli/tool.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <cstdio>

namespace {

using namespace husk;

struct Options {
  std::vector<std::string> arguments;  // [FILE|-] NAME
  std::string userns = "auto";
  std::string platform;
  transfer::ImportOptions import;
};

// "import NAME < tar" and "import FILE NAME"; one argument alone is the name, as with `mmdebstrap … |
// husk-import NAME`.
Fd open_source(const std::string& name) {
  if (name == "-") {
    if (::isatty(STDIN_FILENO) == 1) {
      Error error("standard input is a terminal, not a tar", Exit::usage);
      error.set_hint("husk-import FILE NAME, or COMMAND | husk-import NAME");
      throw error;
    }
    return Fd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
  }
  Fd file(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) throw_errno("open ", quote(name));
  return file;
}

int import(const cli::Tool& tool, Options options) {
  const oci::Reference reference = oci::parse_reference(options.arguments.back());
  options.import.source = options.arguments.size() == 2 ? options.arguments.front() : "-";
  if (!options.platform.empty()) options.import.platform = oci::parse_platform(options.platform);
  if (const auto date = find_environment("SOURCE_DATE_EPOCH")) {
    options.import.source_date = parse_source_date(*date);
  }
  const userns::IdMap map = userns::choose_map(userns::parse_choice(options.userns));
  const Fd tar = open_source(options.import.source);
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  const store::Lease lease(store);
  const store::Tag tag = transfer::import_image(lease, map, tar.get(), reference, options.import);
  std::printf("%s\n", tag.image_id.str().c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-import", "Make an image from the tar of a root file system");
  Options options;
  auto& app = tool.app();
  app.add_option("ARGUMENT", options.arguments,
                 "[FILE|-] NAME: the tar, standard input if left out, and the image")
      ->required()
      ->expected(1, 2);
  app.add_repeated("-c,--change", options.import.changes,
                   "Apply a Dockerfile instruction, such as 'CMD [\"sh\"]'");
  app.add_option("-m,--message", options.import.message, "A comment for the history");
  app.add_option("--platform", options.platform, "OS/ARCH that the files are for");
  app.add_option("--userns", options.userns, "Owners of the files: auto, subid or single");
  return tool.run(argc, argv, [&] { return import(tool, options); });
}
