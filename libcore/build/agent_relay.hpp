#pragma once

#include "libcore/base/fd.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <functional>
#include <string>

namespace husk::build {

/// The address of a socket, unix(7).
class UnixAddress {
 public:
  explicit UnixAddress(const std::string& path);
  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&address_); }
  socklen_t size() const noexcept { return sizeof address_; }

 private:
  sockaddr_un address_ = {};
};

/// Of NAME in DIRECTORY, however long its path is. Throws Error.
UnixAddress address_in(int directory, const std::string& name);

/// Connects to it; DIRECTORY may be AT_FDCWD. Throws Error.
Fd connect_to(int directory, const std::string& name);

/// Takes requests to an ssh agent (draft-miller-ssh-agent) on the listening SOCKET until the process ends,
/// and passes those on that may_ask_agent(); the others get the answer SSH_AGENT_FAILURE. CONNECT gives a
/// connection to the agent. Each connection has a thread.
[[noreturn]] void relay_requests(int socket, const std::function<Fd()>& connect);

/// Serves one connection until either end closes it.
void relay_connection(int client, int agent);

/// Whether a step may ask an agent for this: to list keys, to sign, to bind the session.
bool may_ask_agent(unsigned char message);

}  // namespace husk::build
