#include "libcore/build/git_program.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/run_program.hpp"
#include "libcore/build/auth_secrets.hpp"
#include "libcore/build/git_reference.hpp"
#include "libcore/build/session.hpp"
#include "libcore/registry/base64.hpp"
#include "libcore/registry/client.hpp"
#include "libcore/registry/url.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <array>

namespace husk::build {
namespace {

constexpr int check_every = 200;  // milliseconds

// A mask for what git makes: files 0644 and 0755.
class Umask {
 public:
  Umask() : before_(::umask(022)) {}
  Umask(const Umask&) = delete;
  ~Umask() { (void)::umask(before_); }

 private:
  mode_t before_;
};

// git-config(1) by the environment, so that it is in no list of processes.
class Configuration {
 public:
  void add(const std::string& name, const std::string& value) {
    variables_.push_back(cat("GIT_CONFIG_KEY_", count_, "=", name));
    variables_.push_back(cat("GIT_CONFIG_VALUE_", count_, "=", value));
    ++count_;
  }
  std::vector<std::string> finish() {
    variables_.push_back(cat("GIT_CONFIG_COUNT=", count_));
    return std::move(variables_);
  }

 private:
  std::size_t count_ = 0;
  std::vector<std::string> variables_;
};

std::vector<std::string> base_environment() {
  std::vector<std::string> out = {
      "HOME=/nonexistent",  // no ~/.gitconfig, ~/.config/git/attributes, ~/.netrc
      "GIT_CONFIG_GLOBAL=/dev/null",
      "GIT_CONFIG_NOSYSTEM=1",
      "GIT_ATTR_NOSYSTEM=1",
      "GIT_TERMINAL_PROMPT=0",
      "GIT_ALLOW_PROTOCOL=https:http:ssh:git",
      "GIT_SSH_COMMAND=ssh -oBatchMode=yes",
      "LC_ALL=C",
  };
  for (const char* name : {"PATH", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR", "http_proxy",
                           "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"}) {
    if (const auto value = find_environment(name)) out.push_back(cat(name, "=", *value));
  }
  return out;
}

void add_rules(Configuration& configuration) {
  const std::array<std::pair<const char*, const char*>, 9> rules = {{
      {"core.hooksPath", "/dev/null"},
      {"core.fsmonitor", "false"},
      {"core.autocrlf", "false"},
      {"core.logAllRefUpdates", "false"},
      {"advice.detachedHead", "false"},
      {"init.defaultBranch", "main"},
      {"gc.auto", "0"},
      {"maintenance.auto", "false"},
      {"submodule.recurse", "false"},
  }};
  for (const auto& [name, value] : rules) configuration.add(name, value);
}

// "user:password" of an http URL; "" if there is none.
std::string userinfo_of(std::string_view url) {
  const auto slashes = url.find("://");
  if (!url.starts_with("http") || slashes == std::string_view::npos) return {};
  const std::string_view rest = url.substr(slashes + 3);
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const auto at = authority.rfind('@');
  return at == std::string_view::npos ? std::string() : std::string(authority.substr(0, at));
}

// What git complained of, as a part of a message: the first that it calls fatal, else the last.
std::string complaint(std::string_view errors) {
  constexpr std::string_view fatal = "fatal: ";
  while (errors.ends_with('\n')) errors.remove_suffix(1);
  const auto found = errors.find(fatal);
  std::string_view line = found == std::string_view::npos ? errors.substr(errors.rfind('\n') + 1)
                                                          : errors.substr(found + fatal.size());
  line = line.substr(0, line.find('\n'));
  if (line.starts_with("error: ")) line.remove_prefix(7);
  return line.empty() ? "git failed" : escape(line);
}

// "host:port" as certs.d has it.
std::string host_and_port(const registry::Origin& origin) {
  const std::string text = origin.str();
  return text.substr(text.find("://") + 3);
}

}  // namespace

GitProgram::GitProgram(const Options& options, const std::string& remote)
    : remote_(remote), environment_(base_environment()) {
  Configuration configuration;
  add_rules(configuration);
  if (const auto url = registry::parse_url(remote)) {
    const std::string origin = cat(url->origin.str(), "/");
    const registry::Tls tls = registry::read_certificates(host_and_port(url->origin));
    if (!tls.ca_file.empty()) configuration.add(cat("http.", origin, ".sslCAInfo"), tls.ca_file);
    const std::string userinfo = userinfo_of(remote);
    const std::string authorization = userinfo.empty()
                                          ? git_authorization(options, url->origin)
                                          : cat("Basic ", registry::encode_base64(decode_percent(userinfo)));
    if (!authorization.empty()) {
      remote_ = without_credentials(remote);
      configuration.add(cat("http.", origin, ".extraHeader"), cat("Authorization: ", authorization));
      configuration.add("http.followRedirects", "false");  // it is for nobody else
    }
  }
  const std::vector<std::string> variables = configuration.finish();
  environment_.insert(environment_.end(), variables.begin(), variables.end());
}

GitProgram::Result GitProgram::execute(std::vector<std::string> arguments) const {
  const Umask umask;
  RunningProgram program(
      {.name = "git", .arguments = std::move(arguments), .input = {}, .environment = environment_});
  // A signal ends it: let go of, it is killed.
  while (program.output() >= 0 || program.errors() >= 0) {
    std::array<pollfd, 2> waiting = {{{program.output(), POLLIN, 0}, {program.errors(), POLLIN, 0}}};
    if (::poll(waiting.data(), waiting.size(), check_every) < 0 && errno != EINTR)
      throw_errno("wait for git");
    check_interrupted();
    program.read();
  }
  ProgramResult result = program.finish();
  return {result.status.code, std::move(result.output), std::move(result.errors)};
}

std::string GitProgram::run(std::vector<std::string> arguments) const {
  Result result = execute(std::move(arguments));
  if (result.code == 0) return std::move(result.output);
  Error error(cat(remote_, ": ", complaint(result.errors)));
  if (result.errors.find("terminal prompts disabled") != std::string::npos ||
      result.errors.find("Authentication failed") != std::string::npos)
    error.set_hint(
        "--secret id=GIT_AUTH_TOKEN,… or id=GIT_AUTH_HEADER,… says who you are to a repository at http");
  throw error;
}

bool GitProgram::try_run(std::vector<std::string> arguments) const {
  return execute(std::move(arguments)).code == 0;
}

}  // namespace husk::build
