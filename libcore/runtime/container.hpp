#pragma once

#include "libcore/base/child.hpp"
#include "libcore/runtime/limits.hpp"
#include "libcore/runtime/mount.hpp"
#include "libcore/runtime/profile.hpp"
#include "libcore/runtime/rootfs.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace husk::runtime {

enum class Network : std::uint8_t { host, none, private_network };

struct PublishedPort {
  std::string address;  // empty: all addresses of the host
  std::uint16_t host = 0;
  std::uint16_t container = 0;
  bool udp = false;
};

/// A line for /etc/hosts.
struct HostEntry {
  std::string name;
  std::string address;
};

/// What /etc/resolv.conf says in place of the host's. What is empty is as there.
struct NameResolution {
  std::vector<std::string> servers;
  std::vector<std::string> search;  // "." alone: none
  std::vector<std::string> options;
};

/// Everything about one container that is decided before it is started. The image's wishes and the user's
/// options have been merged by then. Plain data.
struct Spec {
  userns::IdMap map;
  Rootfs rootfs;
  bool read_only = false;

  std::vector<std::string> arguments;    // at least one; looked up in the container's PATH
  std::vector<std::string> environment;  // "NAME=VALUE", complete but for HOME, PATH and TERM
  std::string working_directory;         // absolute; made if it is missing
  std::string user;  // "", "name", "uid", "name:group", "uid:gid": looked up in the container
  std::string host_name;

  Network network = Network::private_network;
  std::vector<PublishedPort> ports;
  std::vector<HostEntry> extra_hosts;
  std::vector<Volume> volumes;
  std::vector<Mount> mounts;
  std::uint64_t shm_size = 64 << 20;  // of /dev/shm, in bytes
  std::vector<Limit> limits;          // over those that every container has
  Profile profile;
  SystemPaths system_paths;
  NameResolution names;
  bool terminal = false;              // a pty; standard streams are the caller's own otherwise
  bool standard_input = true;         // false: /dev/null
};

/// A descriptor that wait() looks at, too.
struct Watch {
  int fd;
  std::function<bool()> ready;  // it can be read, or has ended; false: it need not be looked at any more
};

struct WaitOptions {
  std::vector<Watch> watches;
  /// Gets what the container prints on its terminal; standard output does if this is empty.
  std::function<void(std::span<const std::byte>)> terminal_output;
};

/// A container that runs: execve() has succeeded. Let go of before wait(), it is killed.
class Container {
 public:
  struct State;
  explicit Container(std::unique_ptr<State> state);
  Container(Container&&) noexcept;
  ~Container();

  pid_t pid() const noexcept;  // of its first process, as seen from here
  int pidfd() const noexcept;

  /// A signal that would end any other process ends this one, too, even where the kernel spares the first
  /// process of a pid namespace: by SIGKILL then, but wait() says what was meant.
  void signal(int number);

  /// Passes signals on (and with a terminal, input, output and size) until the container ends. Nothing is
  /// left running or mounted when it returns.
  ExitStatus wait(WaitOptions options = {});

  /// It goes on without us.
  void let_go() &&;

 private:
  void pass_signals_on();
  void stop_with_us();

  std::unique_ptr<State> state_;
};

/// The namespaces of a container, with a first process that waits in them for a Spec, and their id maps on
/// the way: what takes long goes on while the caller finds out what to start. Let go of, they are gone. The
/// process that calls must have one thread only; the container dies with it.
class Launch {
 public:
  struct State;
  Launch(const userns::IdMap& map, Network network);
  Launch(Launch&&) noexcept;
  ~Launch();

  /// Starts the container that SPEC describes under the default profile (libcore/README.md, Running). It has
  /// the map and network of the Launch, and its descriptors were open when that was made. Throws Error whose
  /// exit is engine, not_found or not_executable.
  Container start(const Spec& spec) &&;

 private:
  std::unique_ptr<State> state_;
};

/// Both at once.
Container start(const Spec& spec);

}  // namespace husk::runtime
