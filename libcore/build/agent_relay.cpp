#include "libcore/build/agent_relay.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>

namespace husk::build {
namespace {

// draft-miller-ssh-agent, section 6.1.
enum Message : unsigned char {
  agent_failure = 5,
  request_identities = 11,
  sign_request = 13,
  extension = 27,
};

// OpenSSH's own limit, authfd.c.
constexpr std::size_t max_message = 256 << 10;

void put_length(std::byte* at, std::size_t length) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<std::byte>(length >> (24 - 8 * i));
}

// Four bytes of length, and that many more, the first of which says what it is. Nothing at the end.
std::optional<std::string> read_message(int fd) {
  std::array<std::byte, 4> header;
  if (read_full(fd, header) != header.size()) return std::nullopt;
  std::size_t length = 0;
  for (const std::byte byte : header) length = length << 8 | static_cast<std::size_t>(byte);
  if (length == 0 || length > max_message) return std::nullopt;
  std::string message(4 + length, '\0');
  std::memcpy(message.data(), header.data(), header.size());
  const std::span body = std::as_writable_bytes(std::span(message)).subspan(4);
  if (read_full(fd, body) != length) return std::nullopt;
  return message;
}

std::string failure() {
  std::string message(5, static_cast<char>(agent_failure));
  put_length(std::as_writable_bytes(std::span(message)).data(), 1);
  return message;
}

// A peer that is gone is no reason for SIGPIPE.
bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

UnixAddress::UnixAddress(const std::string& path) {
  address_.sun_family = AF_UNIX;
  if (path.size() >= sizeof address_.sun_path)
    throw Error(cat("the path ", quote(path), " is too long for a socket"));
  std::memcpy(address_.sun_path, path.c_str(), path.size() + 1);
}

UnixAddress address_in(int directory, const std::string& name) {
  return UnixAddress(directory == AT_FDCWD ? name : cat("/proc/self/fd/", directory, "/", name));
}

Fd connect_to(int directory, const std::string& name) {
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) throw_errno("create a socket");
  const UnixAddress address = address_in(directory, name);
  if (::connect(socket.get(), address.get(), address.size()) != 0)
    throw_errno("connect to the ssh agent ", quote(name));
  return socket;
}

bool may_ask_agent(unsigned char message) {
  return message == request_identities || message == sign_request || message == extension;
}

void relay_connection(int client, int agent) {
  while (const auto request = read_message(client)) {
    if (!may_ask_agent(static_cast<unsigned char>((*request)[4]))) {
      if (!send_all(client, failure())) return;
      continue;
    }
    if (!send_all(agent, *request)) return;
    const auto answer = read_message(agent);
    if (!answer || !send_all(client, *answer)) return;
  }
}

void relay_requests(int socket, const std::function<Fd()>& connect) {
  for (;;) {
    auto client = std::make_unique<Fd>(::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC));
    if (!*client) {
      // Too many connections at once, for instance: they wait.
      if (errno != EINTR) std::this_thread::sleep_for(std::chrono::milliseconds(100));
      continue;
    }
    try {
      std::thread([client = std::move(client), agent = connect()] {
        try {
          relay_connection(client->get(), agent.get());
        } catch (const Error&) {
          // The connection is closed: that is all there is to say to an ssh in the step.
        }
      }).detach();
    } catch (const std::exception&) {
      // The same if the agent does not answer, or there is no room for a thread.
    }
  }
}

}  // namespace husk::build
