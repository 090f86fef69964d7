#include "libcore/container/tool_process.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/runtime/own_binary.hpp"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace husk::container {

namespace {

pid_t spawn(const std::string& name, const std::vector<std::string>& arguments, int output) {
  std::vector<std::string> words = {name};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  const std::string beside = (runtime::own_directory() / name).string();
  // Not run_program(): the user is to see its progress, and to stop it with ctrl-C.
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  pid_t child = 0;
  int failure = ::posix_spawn(&child, beside.c_str(), &actions, nullptr, argv.data(), environ);
  if (failure == ENOENT)
    failure = ::posix_spawnp(&child, name.c_str(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw SysError(failure, cat("run ", name));
  return child;
}

void run(const std::string& name, const std::vector<std::string>& arguments, int output) {
  const pid_t child = spawn(name, arguments, output);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw_errno("wait for ", name);
  }
  if (WIFSIGNALED(status)) throw Error(cat(name, " was ended by signal ", WTERMSIG(status)), Exit::engine);
  if (WEXITSTATUS(status) != 0) throw Error(cat(name, " failed"), Exit::engine);
}

}  // namespace

void run_tool(const std::string& name, const std::vector<std::string>& arguments) {
  run(name, arguments, STDERR_FILENO);
}

std::string run_tool_for_output(const std::string& name, const std::vector<std::string>& arguments) {
  constexpr std::size_t limit = 16 << 20;
  const Fd file(::memfd_create("output", MFD_CLOEXEC));
  if (!file) throw_errno("create a file in memory");
  run(name, arguments, file.get());
  if (::lseek(file.get(), 0, SEEK_SET) != 0) throw_errno("read what ", name, " printed");
  return read_all(file.get(), limit, name);
}

void start_tool(const std::string& name, const std::vector<std::string>& arguments, int output) {
  (void)spawn(name, arguments, output);
}

}  // namespace husk::container
