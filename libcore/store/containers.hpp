#pragma once

#include "libcore/oci/digest.hpp"
#include "libcore/store/lease.hpp"
#include "libcore/userns/id_map.hpp"

#include <sys/types.h>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace husk::store {

/// containers/<id>/: config.json, state.json, lock, upper/ and work/ of the overlay. containers/@<name> is a
/// link to the id: making it is what claims a name.

/// config.json: what was decided when the container was made; never changed.
struct ContainerConfig {
  std::string id;     // 64 lower-case hexadecimal digits; create_container() chooses it
  std::string name;   // chosen if empty
  std::string image;  // as the user typed it
  std::optional<oci::Digest> image_id;
  std::vector<oci::Digest> diff_ids;  // lowest first
  userns::MapKind map = userns::MapKind::single;
  std::vector<std::string> command;
  std::vector<std::string> ports;  // "127.0.0.1:3000->80/tcp"
  std::string created;             // RFC 3339
};

enum class Status : std::uint8_t { created, running, exited };

/// state.json. Only a hint as long as it says "running": read_state() asks the kernel.
struct ContainerState {
  Status status = Status::created;
  pid_t pid = 0;                 // of the first process, in the caller's pid namespace; 0 unless running
  std::uint64_t start_time = 0;  // of that process, proc(5), stat, field 22
  std::string boot_id;
  std::optional<int> exit_code;  // nothing: nobody saw the end
  std::string started;           // RFC 3339
  std::string finished;
};

/// A container in the store.
class Container {
 public:
  Container(std::filesystem::path path, Fd directory, ContainerConfig config)
      : path_(std::move(path)), directory_(std::move(directory)), config_(std::move(config)) {}

  const ContainerConfig& config() const noexcept { return config_; }
  const std::filesystem::path& path() const noexcept { return path_; }
  int directory() const noexcept { return directory_.get(); }
  std::filesystem::path upper() const { return path_ / "upper"; }
  std::filesystem::path work() const { return path_ / "work"; }

 private:
  std::filesystem::path path_;
  Fd directory_;
  ContainerConfig config_;
};

/// Makes the directory and claims the name, both at once or not at all: it is built in the lease's tmp
/// directory and renamed. Throws Error if the name is taken or is no name ([a-zA-Z0-9][a-zA-Z0-9_.-]*).
Container create_container(const Lease& lease, ContainerConfig config);

/// By name, id, or the first digits of an id; a name wins. Throws Error "no such container" or "ambiguous".
Container find_container(const Store& store, std::string_view name_or_id);
std::optional<Container> find_container_if_any(const Store& store, std::string_view name_or_id);

/// All, the newest first. One that another process removes meanwhile is left out.
std::vector<Container> list_containers(const Store& store);

/// What is true now: "running" only if the kernel has that very process.
ContainerState read_state(const Container& container);

/// By temporary file and rename. set_running() takes what the kernel says about PID.
void set_running(const Container& container, pid_t pid);
void set_exited(const Container& container, int exit_code);

/// A descriptor of the running container's first process (pidfd_open(2)) that can't be another process;
/// nothing if it does not run.
std::optional<Fd> open_running(const Container& container);

/// Removes it and gives its name back. The files of the container may belong to subordinate ids. It must not
/// run.
void remove_container(const Store& store, const Container& container);

/// What containers keep from being garbage.
struct ContainerRoots {
  std::vector<oci::Digest> image_ids;
  std::vector<std::string> layers;  // "m/<hex>"
};
ContainerRoots list_container_roots(const Store& store);

}  // namespace husk::store
