// newuidmap(1) and newgidmap(1), on the way of every start of a container. They are started by posix_spawn(3)
// and not by run_program(): Boost.Process forks, opens an event loop and waits for the first one's execve()
// before it starts the second, which costs more than a third of what the helpers themselves take (1.3 ms
// each, side by side).

#include "libcore/userns/map_helper.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>

namespace husk::userns {
namespace {

std::string find_in_path(std::string_view name) {
  const std::string path = find_environment("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  for (std::string_view rest = path; !rest.empty();) {
    const std::string_view directory = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
    std::string file = cat(directory, "/", name);
    if (directory.starts_with('/') && ::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

}  // namespace

MapHelper::MapHelper(std::string_view name, pid_t pid, const std::vector<IdRange>& ranges)
    : name_(name), errors_(::memfd_create("errors", MFD_CLOEXEC)) {
  if (!errors_) throw_errno("create a file in memory");
  std::vector<std::string> words = {name_, cat(pid)};
  for (const IdRange& range : ranges) {
    for (const std::uint32_t number : {range.inside, range.outside, range.count})
      words.push_back(cat(number));
  }
  start(words);
}

MapHelper::~MapHelper() {
  if (child_ > 0) (void)::waitpid(child_, nullptr, 0);
}

void MapHelper::finish() {
  int status = 0;
  pid_t waited = 0;
  do waited = ::waitpid(child_, &status, 0);
  while (waited < 0 && errno == EINTR);
  if (waited < 0) throw_errno("wait for ", name_);
  child_ = 0;
  if (status == 0) return;
  std::string said(1024, '\0');
  said.resize(
      static_cast<std::size_t>(std::max<ssize_t>(0, ::pread(errors_.get(), said.data(), said.size(), 0))));
  while (said.ends_with('\n')) said.pop_back();
  Error error(cat("set up the id map: ", said.empty() ? name_ + " failed" : escape(said)));
  error.set_hint(cat("does /etc/sub", name_ == "newuidmap" ? "uid" : "gid", " give you these ids, and is ",
                     name_, " setuid root? --userns=single works without"));
  throw error;
}

void MapHelper::start(std::vector<std::string>& words) {
  const std::string file = find_in_path(name_);
  if (file.empty()) throw Error(cat(name_, " is not in PATH"));
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, errors_.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions, errors_.get(), 2);
  const int failure = ::posix_spawn(&child_, file.c_str(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw SysError(failure, cat("run ", quote(file)));
}

bool have_map_helpers() { return !find_in_path("newuidmap").empty() && !find_in_path("newgidmap").empty(); }

}  // namespace husk::userns
