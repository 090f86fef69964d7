#include "libcore/base/environment.hpp"
#include "libcore/base/time.hpp"
#include "libcore/build/commit_container.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/container/pause.hpp"
#include "libcore/store/names.hpp"

#include <cstdio>

namespace {

using namespace husk;

struct Options {
  std::vector<std::string> words;  // container, name
  build::CommitOptions commit;
  bool quiet = false, pauses = true;
};

int commit(const cli::Tool& tool, Options options) {
  if (options.words.size() == 2) options.commit.reference = oci::parse_reference(options.words.back());
  if (const auto date = find_environment("SOURCE_DATE_EPOCH"))
    options.commit.source_date = parse_source_date(*date);
  const auto store = store::Store::open([&](const std::string& text) {
    if (!options.quiet) tool.warn(text);
  });
  const store::Lease lease(store);
  const store::Container found = store::find_container(store, options.words.front());
  std::optional<container::Standstill> standstill;
  if (options.pauses) standstill.emplace(found);
  const store::Tag tag = build::commit_container(lease, found, options.commit);
  std::puts(tag.image_id.str().c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-commit", "Make an image of a container");
  Options options;
  auto& app = tool.app();
  auto* const words =
      app.add_option("CONTAINER", options.words, "Name or id, then the image's name, if it gets one")
          ->required();
  words->expected(1, 2);
  app.add_repeated("-c,--change", options.commit.changes,
                   "Apply a Dockerfile instruction, such as 'CMD [\"sh\"]'");
  app.add_option("-m,--message", options.commit.message, "A comment for the history");
  app.add_option("-a,--author", options.commit.author, "Who made it: 'Name <mail>'");
  app.add_flag("-p,--pause,!--no-pause", options.pauses,
               "Let the container stand still meanwhile, as without it");
  app.add_flag("-q,--quiet", options.quiet, "Don't tell of what an image can't hold");
  tool.complete(words, [](std::string_view) { return store::container_names(store::Running::either); });
  return tool.run(argc, argv, [&] { return commit(tool, options); });
}
