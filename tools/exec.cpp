#include "libcore/container/exec.hpp"
#include "libcore/cli/tool.hpp"
#include "libcore/runtime/own_binary.hpp"
#include "libcore/store/names.hpp"

#include <unistd.h>

namespace {

using namespace husk;

int exec(const cli::Tool& tool, const std::vector<std::string>& words, container::ExecOptions& options) {
  options.command.assign(words.begin() + 1, words.end());
  if (options.command.empty()) throw Error("no command to execute", Exit::engine);
  if (options.detach && (options.terminal || options.interactive))
    throw Error("-d can't be together with -i or -t: nobody is there to type or to look", Exit::engine);
  if (options.terminal && options.interactive && ::isatty(STDIN_FILENO) == 0) {
    Error error("the input device is not a TTY");
    error.set_hint("without -t standard input goes to the command as it is");
    throw error;
  }
  const auto store = store::Store::open([&](const std::string& text) { tool.warn(text); });
  return container::exec(store::find_container(store, words.front()), options).code;
}

}  // namespace

int main(int argc, char** argv) {
  cli::Tool tool("husk-exec", "Run one more command in a container that runs");
  tool.set_failure(Exit::engine);
  container::ExecOptions options;
  std::vector<std::string> words;
  auto& app = tool.app();
  app.end_options_at_positional();
  app.add_repeated("-e,--env", options.environment, "Set NAME=VALUE, or NAME as it is here");
  app.add_repeated("--env-file", options.environment_files, "The same of the lines of a file");
  app.add_option("-w,--workdir", options.working_directory, "Working directory in the container");
  app.add_option("-u,--user", options.user, "User, by name or number: USER[:GROUP]");
  app.add_flag("-d,--detach", options.detach, "Do not wait for it");
  app.add_flag("-i,--interactive", options.interactive, "Give it our standard input");
  app.add_flag("-t,--tty", options.terminal, "Give it a terminal");
  tool.complete(
      app.add_option("CONTAINER", words, "Name or id, then the command and its arguments")->required(),
      [](std::string_view) { return store::container_names(store::Running::yes); });
  return tool.run(argc, argv, [&] {
    runtime::shield_own_binary(argv);
    return exec(tool, words, options);
  });
}
