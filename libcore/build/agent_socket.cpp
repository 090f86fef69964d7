#include "libcore/build/agent_socket.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/random.hpp"
#include "libcore/build/agent_relay.hpp"
#include "libcore/build/background.hpp"
#include "libcore/build/session.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace husk::build {
namespace {

// With ssh-agent(1) set-group-ID, as Debian has it, the kernel would forget that it is to die with us:
// prctl(2), PR_SET_PDEATHSIG. Without new privileges it does not.
[[noreturn]] void execute(std::vector<std::string> words, int directory, int errors) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const bool fine = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::setsid() >= 0 &&
                    ::fchdir(directory) == 0 && ::dup2(null, STDIN_FILENO) >= 0 &&
                    ::dup2(null, STDOUT_FILENO) >= 0 && ::dup2(errors, STDERR_FILENO) >= 0;
  restore_signals();
  if (fine) ::execvp(argv.front(), argv.data());
  (void)!::write(STDERR_FILENO, "can't be executed", 17);
  ::_exit(127);
}

std::string first_line(const Fd& file) {
  std::string text(512, '\0');
  const ssize_t count = ::pread(file.get(), text.data(), text.size(), 0);
  text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  return text.substr(0, text.find_first_of("\r\n"));
}

Error agent_error(std::string_view program, const Fd& errors) {
  const std::string said = first_line(errors);
  Error error(cat(program, ": ", said.empty() ? "it does not say why" : escape(said)));
  if (said == "can't be executed") error.set_hint("install the package 'openssh-client'");
  return error;
}

bool answers(int directory, const std::string& name) try {
  return bool{connect_to(directory, name)};
} catch (const SysError&) {
  return false;
}

// NAME is one in DIRECTORY: a whole path could be too long for a socket.
Child start_agent(int directory, const std::string& name) {
  const Fd errors = make_memory_file("errors");
  Child agent = fork_child("a process of the build", [&] {
    execute({"ssh-agent", "-D", "-a", name}, directory, errors.get());
  });
  for (int tries = 0; tries < 500 && first_line(errors).empty(); ++tries) {
    if (answers(directory, name)) return agent;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw agent_error("ssh-agent", errors);
}

void add_key(int directory, const std::string& agent, const std::filesystem::path& key) {
  const Fd errors = make_memory_file("errors");
  Child child = fork_child("a process of the build", [&] {
    ::setenv("SSH_AUTH_SOCK", agent.c_str(), 1);
    ::setenv("SSH_ASKPASS_REQUIRE", "never", 1);
    execute({"ssh-add", "-q", key.native()}, directory, errors.get());
  });
  if (child.wait().code == 0) return;
  Error error = agent_error(cat("ssh-add ", quote(key)), errors);
  if (error.hint().empty()) {
    error.set_hint(
        "a key with a passphrase has to be in an agent already (ssh-add): then --ssh default forwards it");
  }
  throw error;
}

Fd listen_at(int directory, const std::string& name, mode_t mode) {
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) throw_errno("create a socket");
  const UnixAddress address = address_in(directory, name);
  if (::bind(socket.get(), address.get(), address.size()) != 0 ||
      ::fchmodat(directory, name.c_str(), mode, 0) != 0 || ::listen(socket.get(), 16) != 0) {
    throw_errno("listen for requests to an ssh agent");
  }
  return socket;
}

}  // namespace

AgentSocket::AgentSocket(const store::Lease& lease, const AgentSource& source, mode_t mode) {
  const std::string name = cat("ssh-", random_hex(4)), agent = cat("agent-", random_hex(4));
  path_ = lease.tmp_path() / name;
  if (!source.is_socket) {
    agent_.emplace(start_agent(lease.tmp(), agent));
    for (const auto& key : source.paths) add_key(lease.tmp(), agent, key);
  }
  const Fd socket = listen_at(lease.tmp(), name, mode);
  const auto connect = [&] {
    return source.is_socket ? connect_to(AT_FDCWD, source.paths.front().native())
                            : connect_to(lease.tmp(), agent);
  };
  relay_.emplace(fork_child("a process of the build", [&] {
    restore_signals();
    relay_requests(socket.get(), connect);
  }));
}

}  // namespace husk::build
