#pragma once

#include "libcore/oci/digest.hpp"
#include "libcore/store/store.hpp"
#include "libcore/userns/id_map.hpp"

#include <sys/types.h>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace husk::store {

/// containers/<id>/: config.json, state.json, lock, log, upper/ and work/ of the overlay. containers/@<name>
/// is a link to the id: making it is what claims a name.

/// Something that is mounted in a container. Which members count depends on the kind.
struct MountConfig {
  enum class Kind : std::uint8_t { bind, volume, memory, image };
  Kind kind = Kind::bind;
  std::string source = {};  // bind: an absolute path; volume: its name; image: as the user named it
  std::string target = {};
  bool read_only = false;

  /// bind: what mounts below the source, and those that come later, are to the container; docker's words.
  std::string propagation = {};              // "": rprivate
  std::string recursive = {};                // "": enabled
  bool make_source = false;                  // where it is missing
  std::string subpath = {};                  // volume, image: below its top
  bool anonymous = false;                    // volume: goes with the container when that is asked for
  std::uint64_t size = 0;                    // memory: in bytes; 0: as much as tmpfs(5) allows
  std::uint64_t inodes = 0;                  // memory: the same
  std::uint32_t mode = 01777;                // memory
  std::uint32_t uid = 0, gid = 0;            // memory
  bool executable = false;                   // memory
  std::optional<oci::Digest> image_id = {};  // image
  std::vector<oci::Digest> diff_ids = {};    // image: lowest first
};

/// What a container may do and see that is not as by default; see runtime/profile.hpp.
struct ProfileConfig {
  std::optional<std::uint64_t> capabilities;
  bool filters_calls = true;
  std::string filter;  // a program for seccomp(2); empty: the built-in one
  bool no_new_privileges = false;
  std::vector<std::string> groups;
  bool keeps_groups = false;
  std::optional<int> oom_score_adjustment;
  bool has_init = false;
  bool all_visible = false;
  std::vector<std::string> visible, hidden;
  std::vector<std::pair<std::string, std::string>> settings;
  std::vector<std::string> limits;  // as runtime::parse_limit() reads them
  std::vector<std::string> resources;  // as runtime::parse_resources() reads them
  std::optional<std::uint64_t> shm_size;
};

/// config.json: what was decided when the container was made, the image's wishes and the user's merged. Only
/// the name changes later.
struct ContainerConfig {
  std::string id;     // 64 lower-case hexadecimal digits; create_container() chooses it
  std::string name;   // chosen if empty
  std::string image;  // as the user typed it
  std::optional<oci::Digest> image_id;
  std::vector<oci::Digest> diff_ids;  // lowest first
  userns::MapKind map = userns::MapKind::single;
  std::string created;  // RFC 3339

  std::vector<std::string> command;      // with the entrypoint
  std::size_t entrypoint = 0;            // so many of its words are that
  std::vector<std::string> environment;  // "NAME=VALUE"
  std::map<std::string, std::string> labels;
  std::string working_directory;
  std::string user;
  std::string host_name;           // empty: the first digits of the id
  std::string network;             // as container::parse_network() reads it
  std::vector<std::string> ports;  // as container::parse_port() reads them
  std::vector<std::string> exposed_ports;                                   // "80/tcp"
  std::vector<std::string> name_servers, search_domains, resolver_options;  // empty: as on the host
  std::vector<std::pair<std::string, std::string>> hosts;                   // name, address
  ProfileConfig profile;
  std::vector<MountConfig> mounts;
  std::vector<std::string> devices;  // as container::parse_device() reads them
  bool read_only = false;
  bool terminal = false;
  bool standard_input = false;
  bool remove_at_end = false;
  std::string stop_signal;  // empty: TERM
  std::optional<int> stop_timeout;  // seconds
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

/// Makes the directory and claims the name. Its configuration comes last, by rename: a directory without one
/// is no container to anybody. The caller shares the gc lock (a Lease, or share_gc_lock()), so that what was
/// looked up for it stays, and the half-made directory is not taken for garbage. Throws Error if the name is
/// taken or is no name ([a-zA-Z0-9][a-zA-Z0-9_.-]*).
Container create_container(const Store& store, ContainerConfig config);

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

/// The right to run a container: its file "lock", whose lock whoever runs it holds until the end is written
/// down.
class Hold {
 public:
  /// Nothing if somebody has it.
  static std::optional<Hold> try_take(const Container& container);

  /// For those who wait in wait_for_end(): they may wait for a container that is removed at its end.
  void tell_exit_code(int code) const;

 private:
  explicit Hold(Fd lock) : lock_(std::move(lock)) {}
  Fd lock_;
};

/// Returns when nobody holds it: the exit code that the last one told; nothing if that one was killed.
std::optional<int> wait_for_end(const Container& container);

/// A descriptor of the running container's first process (pidfd_open(2)) that can't be another process;
/// nothing if it does not run.
std::optional<Fd> open_running(const Container& container);

/// Gives it another name. Throws Error if that is taken or is no name.
void rename_container(const Store& store, const Container& container, const std::string& name);

/// Removes it and gives its name back. The files of the container may belong to subordinate ids. It must not
/// run.
void remove_container(const Store& store, const Container& container);

/// The ids of directories whose making was cut short; or is under way, unless the caller holds the gc lock.
std::vector<std::string> list_unborn_containers(const Store& store);

/// What containers keep from being garbage.
struct ContainerRoots {
  std::vector<oci::Digest> image_ids;
  std::vector<std::string> layers;  // "m/<hex>"
};
ContainerRoots list_container_roots(const Store& store);

}  // namespace husk::store
