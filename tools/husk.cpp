#include "libcore/base/error.hpp"

#include <unistd.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// The dispatcher, in the way of git: "husk run …" executes "husk-run …".

namespace {

struct Verb {
  std::string_view name;
  std::string_view summary;
};

constexpr std::array verbs = {
    Verb{"build", "build an image from a Dockerfile"},
    Verb{"run", "run a command in a new container"},
    Verb{"create", "make a container that start starts"},
    Verb{"start", "start containers again"},
    Verb{"stop", "end containers, with patience"},
    Verb{"restart", "stop containers and start them again"},
    Verb{"kill", "send a signal to containers"},
    Verb{"wait", "wait until containers end"},
    Verb{"logs", "show what a container in the background printed"},
    Verb{"exec", "run one more command in a container that runs"},
    Verb{"ps", "list containers"},
    Verb{"inspect", "say all about containers, images and volumes"},
    Verb{"port", "say where the ports of a container are published"},
    Verb{"diff", "list what a container changed of its image"},
    Verb{"top", "list the processes of a container"},
    Verb{"stats", "show what containers use of the machine"},
    Verb{"pause", "let all processes of containers stand still"},
    Verb{"unpause", "let paused containers go on"},
    Verb{"rename", "give a container another name"},
    Verb{"cp", "copy files between a container and the host"},
    Verb{"commit", "make an image of a container"},
    Verb{"rm", "remove containers"},
    Verb{"images", "list images"},
    Verb{"pull", "download an image from a registry"},
    Verb{"push", "upload an image to a registry"},
    Verb{"import", "make an image from the tar of a root file system"},
    Verb{"export", "write the root file system of a container or image as a tar"},
    Verb{"rmi", "remove images"},
    Verb{"cache", "list, export, import and remove the caches of builds"},
    Verb{"unpack", "make the layers of an image ready to run"},
    Verb{"info", "say what there is, and what this machine can do"},
    Verb{"doctor", "say what keeps containers from running, and what mends it"},
    Verb{"fsck", "check the store and mend it"},
};

int list_verbs() {
  std::puts("usage: husk VERB [ARGUMENT...]\n");
  for (const Verb& verb : verbs) {
    std::printf("  %-8s  %s\n", std::string(verb.name).c_str(), std::string(verb.summary).c_str());
  }
  std::puts("\n'husk VERB --help' and the manual page husk-VERB(1) say more.");
  if (std::fflush(stdout) != 0) {
    std::fputs("husk: write to standard output failed\n", stderr);
    return 1;
  }
  return 0;
}

// Completion of the verb itself; that of its arguments is the program's own (completions/tools.bash).
int complete_verb(std::string_view prefix) {
  for (const Verb& verb : verbs) {
    if (verb.name.starts_with(prefix)) std::puts(std::string(verb.name).c_str());
  }
  return 0;
}

void execute(std::vector<char*>& arguments, const std::string& program) {
  arguments.front() = const_cast<char*>(program.c_str());
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  if (!ignored) ::execv((self.parent_path() / program).c_str(), arguments.data());
  ::execvp(program.c_str(), arguments.data());
}

}  // namespace

int main(int argc, char** argv) {
  const bool completing = std::getenv("HUSK_COMPLETE") != nullptr;
  if (completing && argc <= 2) return complete_verb(argc == 2 ? argv[1] : "");

  const std::string_view verb = argc > 1 ? argv[1] : "--help";
  if (verb == "--help" || verb == "-h" || verb == "help") return list_verbs();
  if (verb == "--version") return std::puts("husk " HUSK_VERSION) < 0 || std::fflush(stdout) != 0;

  const std::string program = husk::cat("husk-", verb);
  if (!verb.starts_with('-') && verb.find('/') == std::string_view::npos) {
    std::vector<char*> arguments(argv + 1, argv + argc);
    arguments.push_back(nullptr);
    execute(arguments, program);
  }
  const std::string message =
      husk::cat("husk: no verb ", husk::quote(verb), "\nhusk: hint: 'husk' lists the verbs\n");
  std::fputs(message.c_str(), stderr);
  return static_cast<int>(husk::Exit::usage);
}
