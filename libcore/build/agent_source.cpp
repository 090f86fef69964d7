#include "libcore/build/agent_source.hpp"

#include "libcore/base/error.hpp"

#include <sys/stat.h>
#include <algorithm>
#include <cstdlib>

namespace husk::build {
namespace {

[[noreturn]] void refuse(std::string_view text, std::string_view why, std::string hint) {
  Error error(cat("--ssh ", quote(text), ": ", why), Exit::usage);
  error.set_hint(std::move(hint));
  throw error;
}

bool is_socket(std::string_view text, const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    const int code = errno;
    throw SysError(code, cat("--ssh ", quote(text), ": look at ", quote(path)));
  }
  return S_ISSOCK(status.st_mode);
}

}  // namespace

AgentSource parse_agent(std::string_view text) {
  const auto equals = text.find('=');
  AgentSource source{.id = std::string(text.substr(0, equals)), .paths = {}};
  if (source.id.empty()) refuse(text, "no id", "it is default, ID=SOCKET or ID=KEY[,KEY]");
  if (equals == std::string_view::npos) {
    const char* const socket = ::getenv("SSH_AUTH_SOCK");
    if (socket == nullptr || *socket == '\0')
      refuse(text, "SSH_AUTH_SOCK is not set",
             "start an agent (ssh-agent), or name a socket or a key: ID=PATH");
    source.paths.emplace_back(socket);
  }
  for (std::string_view rest = equals == std::string_view::npos ? "" : text.substr(equals + 1);
       !rest.empty();) {
    const std::string_view path = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(path.size() + 1, rest.size()));
    source.paths.push_back(std::filesystem::absolute(path));
  }
  if (source.paths.empty()) refuse(text, "no path", "it is ID=SOCKET or ID=KEY[,KEY]");
  try {
    source.is_socket = is_socket(text, source.paths.front());
    for (const auto& path : source.paths) {
      if (source.paths.size() > 1 && is_socket(text, path))
        refuse(text, "a socket can't be combined with others", "give each agent an id of its own");
    }
  } catch (Error& error) {
    error.set_exit(Exit::usage);
    throw;
  }
  return source;
}

}  // namespace husk::build
