#include "libcore/store/containers.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/hex.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/lock.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/base/time.hpp"
#include "libcore/store/container_file.hpp"
#include "libcore/store/container_ids.hpp"
#include "libcore/store/ending.hpp"
#include "libcore/store/layer_file.hpp"
#include "libcore/store/object_name.hpp"
#include "libcore/store/remove_tree.hpp"
#include "libcore/store/state_file.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

namespace husk::store {
namespace {

// So many digits are chosen; the rest repeats the first ones. A name is a link with these digits, and up to 59
// bytes of a link lie in its inode: a block of its own would be dear to give back at the end of every container.
constexpr std::size_t random_length = 56;

bool is_name(std::string_view text) { return is_object_name(text, 1, 128); }

std::string complete_id(const std::string& digits) {
  return digits + digits.substr(0, container_id_length - random_length);
}

// "quiet_harbor", as long as nobody has it.
std::string propose_name(const std::string& id) {
  constexpr std::array first = {"amber",  "bold", "brisk", "calm",  "clear", "early", "fair",  "fond",
                                "gentle", "glad", "keen",  "light", "lucid", "merry", "quiet", "steady"};
  constexpr std::array second = {"anchor", "beacon", "birch", "brook", "cedar",  "cliff", "falcon", "harbor",
                                 "heron",  "island", "lark",  "maple", "meadow", "otter", "river",  "willow"};
  const auto digit = [&](std::size_t at) {
    return static_cast<std::size_t>(id[at] <= '9' ? id[at] - '0' : id[at] - 'a' + 10);
  };
  return cat(first.at(digit(0)), "_", second.at(digit(1)), "_", id.substr(2, 4));
}

// Nothing if it is not there (any more).
std::optional<Container> load(const Store& store, int containers, const std::string& id) {
  Fd directory(::openat(containers, id.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory && errno == ENOENT) return std::nullopt;
  if (!directory) throw_errno("open container ", id);
  const Fd file(::openat(directory.get(), "config.json", O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::nullopt;
  if (!file) throw_errno("open the configuration of container ", id);
  ContainerConfig config =
      in_context([&] { return cat("container ", id); },
                 [&] { return parse_container_config(read_all(file.get(), max_container_config, "config.json")); });
  config.id = id;
  return Container(store.path() / "containers" / id, std::move(directory), std::move(config));
}

std::optional<std::string> id_of_name(int containers, std::string_view name) {
  if (!is_name(name)) return std::nullopt;
  std::array<char, container_id_length + 1> target{};
  const ssize_t length = ::readlinkat(containers, cat("@", name).c_str(), target.data(), target.size());
  if (length != static_cast<ssize_t>(random_length)) return std::nullopt;
  return complete_id(std::string(target.data(), random_length));
}

bool try_name(int containers, const std::string& id, const std::string& name) {
  return sys::try_symlink_at(id.substr(0, random_length), containers, cat("@", name));
}

void write_state(const Container& container, const ContainerState& state) {
  const std::string temporary = cat(".state-", random_hex(4));
  write_new_file(container.directory(), temporary, print_container_state(state));
  sys::rename_at(container.directory(), temporary, container.directory(), "state.json");
}

ContainerState stored_state(const Container& container) {
  const Fd file(::openat(container.directory(), "state.json", O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file) return {};
  return parse_container_state(read_all(file.get(), 65536, "state.json"));
}

Fd open_lock(const Container& container) {
  Fd file(::openat(container.directory(), "lock", O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  if (!file) throw_errno("open the lock of container ", container.config().name);
  return file;
}

bool is_alive(const ContainerState& state) {
  const auto start_time = find_start_time(state.pid);
  return state.status == Status::running && state.boot_id == boot_id() && start_time == state.start_time;
}

void check_name(std::string_view name) {
  if (!is_name(name)) {
    throw Error(cat("container name ", quote(name), " is not letters, digits, '_', '.' and '-'"),
                Exit::engine);
  }
}

[[noreturn]] void throw_name_taken(std::string_view name, const std::string& id) {
  Error error(cat("the name ", quote(name), " is taken by container ", id.substr(0, 12)));
  error.set_hint(cat("remove that one (husk rm ", name, ") or choose another name"));
  throw error;
}

// A name belongs to a container that is there: one of a rename or a removal that was cut short is nobody's.
std::optional<std::string> holder_of_name(int containers, const std::string& name) {
  auto id = id_of_name(containers, name);
  if (!id || ::faccessat(containers, id->c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) return id;
  (void)sys::try_unlink_at(containers, cat("@", name), 0);
  return std::nullopt;
}

// A directory that is no container yet: what is left of it goes if the making fails.
class Unborn {
 public:
  Unborn(int containers, const std::string& id) : containers_(containers), id_(id) {
    sys::make_directory_at(containers, id, 0700);
    directory_.reset(::openat(containers, id.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory_) throw_errno("open a new container's directory");
  }
  Unborn(Unborn&&) = delete;
  ~Unborn() {
    if (!directory_) return;
    try {
      remove_tree(containers_, id_);
    } catch (const Error&) {
      // Without a configuration it is garbage, and the error under way says more.
    }
  }
  int get() const noexcept { return directory_.get(); }
  // From here on everybody sees it.
  Fd bear(const std::string& configuration) {
    write_new_file(directory_.get(), unborn_config, configuration);
    sys::rename_at(directory_.get(), unborn_config, directory_.get(), "config.json");
    return std::move(directory_);
  }

 private:
  static constexpr const char* unborn_config = ".config.json";
  int containers_;
  const std::string& id_;
  Fd directory_;
};

// Each listed container has its directory open, and the usual soft limit is 1024 descriptors, for the sake of
// programs with select(2). What is above the hard limit fails where it is opened.
void make_room_for_descriptors(std::size_t count) {
  constexpr rlim_t others = 64;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || count + others <= limit.rlim_cur) return;
  limit.rlim_cur = std::min<rlim_t>(count + others, limit.rlim_max);
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Container create_container(const Store& store, ContainerConfig config) {
  const Fd containers = store.open_directory("containers");
  config.id = complete_id(random_hex(random_length / 2));
  if (config.name.empty()) config.name = propose_name(config.id);
  check_name(config.name);
  if (const auto taken = holder_of_name(containers.get(), config.name)) throw_name_taken(config.name, *taken);
  if (config.created.empty()) config.created = format_rfc3339(now());

  Unborn unborn(containers.get(), config.id);
  sys::make_directory_at(unborn.get(), "upper", 0755);
  // The root directory of the container: anybody in it has to get through, whatever our umask is.
  if (::fchmodat(unborn.get(), "upper", 0755, 0) != 0) throw_errno("open the upper directory to all");
  sys::make_directory_at(unborn.get(), "work", 0700);
  write_new_file(unborn.get(), "lock", "");
  sys::reached("container.unborn");
  Fd directory = unborn.bear(print_container_config(config));
  sys::reached("container.made");

  Container container(store.path() / "containers" / config.id, std::move(directory), config);
  if (!try_name(containers.get(), config.id, config.name)) {
    remove_tree(containers.get(), config.id);
    throw_name_taken(config.name, id_of_name(containers.get(), config.name).value_or("another"));
  }
  return container;
}

std::optional<Container> find_container_if_any(const Store& store, std::string_view name_or_id) {
  const Fd containers = store.open_directory("containers");
  if (const auto id = id_of_name(containers.get(), name_or_id)) {
    if (auto container = load(store, containers.get(), *id)) return container;
  }
  if (name_or_id.empty() || !is_hex(name_or_id) || name_or_id.size() > container_id_length) return std::nullopt;
  std::optional<std::string> found;
  for (std::string& id : list_container_directories(containers.get())) {
    if (!id.starts_with(name_or_id)) continue;
    if (found) throw Error(cat("container id ", quote(name_or_id), " is ambiguous: give more of its digits"));
    found = std::move(id);
  }
  return found ? load(store, containers.get(), *found) : std::nullopt;
}

Container find_container(const Store& store, std::string_view name_or_id) {
  auto found = find_container_if_any(store, name_or_id);
  if (found) return std::move(*found);
  Error error(cat("no such container: ", quote(name_or_id)));
  error.set_hint("'husk ps -a' lists them");
  throw error;
}

std::vector<Container> list_containers(const Store& store) {
  const Fd containers = store.open_directory("containers");
  const std::vector<std::string> ids = list_container_directories(containers.get());
  make_room_for_descriptors(ids.size());
  std::vector<Container> found;
  for (const std::string& id : ids) {
    if (auto container = load(store, containers.get(), id)) found.push_back(std::move(*container));
  }
  std::ranges::sort(found, std::greater<>{}, [](const Container& container) {
    return std::pair(container.config().created, container.config().id);
  });
  return found;
}

ContainerState read_state(const Container& container) {
  ContainerState state = stored_state(container);
  if (state.status == Status::running && !is_alive(state)) {
    state.status = Status::exited;
    state.pid = 0;
  }
  return state;
}

void set_running(const Container& container, pid_t pid) {
  ContainerState state;
  state.status = Status::running;
  state.pid = pid;
  state.start_time = find_start_time(pid).value_or(0);  // 0: it has ended already
  state.boot_id = boot_id();
  state.started = format_rfc3339(now());
  write_state(container, state);
}

void set_exited(const Container& container, int exit_code) {
  ContainerState state = stored_state(container);
  state.status = Status::exited;
  state.pid = 0;
  state.exit_code = exit_code;
  state.finished = format_rfc3339(now());
  write_state(container, state);
}

std::optional<Hold> Hold::try_take(const Container& container) {
  Fd file = open_lock(container);
  if (!try_lock(file.get(), LockKind::exclusive)) return std::nullopt;
  // Not if it is empty: ext4 writes a file that was truncated to disk when it is closed.
  struct stat status {};
  if (::fstat(file.get(), &status) != 0)
    throw_errno("look at the lock of container ", container.config().name);
  if (status.st_size != 0 && ::ftruncate(file.get(), 0) != 0)
    throw_errno("write the lock of container ", container.config().name);
  return Hold(std::move(file));
}

void Hold::tell_exit_code(int code) const { sys::write_all(lock_.get(), cat(code), "lock"); }

Ending::Ending(const Container& container) : lock_(open_lock(container)), name_(container.config().name) {}

std::optional<int> Ending::wait() const {
  lock(lock_.get(), LockKind::shared, name_, [](const std::string&) {});
  const std::string text = read_all(lock_.get(), 16, "lock");
  int code = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), code);
  return failure == std::errc{} ? std::optional(code) : std::nullopt;
}

std::optional<int> wait_for_end(const Container& container) { return Ending(container).wait(); }

std::optional<Fd> open_running(const Container& container) {
  const ContainerState state = read_state(container);
  if (state.status != Status::running) return std::nullopt;
  Fd process(static_cast<int>(::syscall(SYS_pidfd_open, state.pid, 0)));
  // The number may have gone to another process before it was opened, but not any more afterwards.
  if (!process || !is_alive(state)) return std::nullopt;
  return process;
}

void rename_container(const Store& store, const Container& container, const std::string& name) {
  check_name(name);
  const Fd containers = store.open_directory("containers");
  if (const auto taken = holder_of_name(containers.get(), name)) throw_name_taken(name, *taken);
  ContainerConfig config = container.config();
  const std::string old = std::exchange(config.name, name);
  if (!try_name(containers.get(), config.id, name))
    throw_name_taken(name, id_of_name(containers.get(), name).value_or("another"));
  const std::string temporary = cat(".config-", random_hex(4));
  write_new_file(container.directory(), temporary, print_container_config(config));
  sys::rename_at(container.directory(), temporary, container.directory(), "config.json");
  sys::reached("container.renamed");
  if (id_of_name(containers.get(), old) == config.id)
    (void)sys::try_unlink_at(containers.get(), cat("@", old), 0);
}

void remove_container(const Store& store, const Container& container) {
  const std::string& id = container.config().id;
  const Fd containers = store.open_directory("containers");
  const Fd trash = store.open_directory("trash");
  if (id_of_name(containers.get(), container.config().name) == id) {
    (void)sys::try_unlink_at(containers.get(), cat("@", container.config().name), 0);
  }
  sys::rename_at(containers.get(), id, trash.get(), id);
  sys::reached("container.in_trash");
  remove_tree(trash.get(), id);
}

std::vector<std::string> list_unborn_containers(const Store& store) {
  const Fd containers = store.open_directory("containers");
  std::vector<std::string> unborn = list_container_directories(containers.get());
  std::erase_if(unborn, [&](const std::string& id) {
    return ::faccessat(containers.get(), (id + "/config.json").c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0 ||
           errno != ENOENT;
  });
  std::ranges::sort(unborn);
  return unborn;
}

ContainerRoots list_container_roots(const Store& store) {
  ContainerRoots roots;
  for (const Container& container : list_containers(store)) {
    const ContainerConfig& config = container.config();
    if (config.image_id) roots.image_ids.push_back(*config.image_id);
    for (const oci::Digest& diff_id : config.diff_ids) {
      roots.layers.push_back(cat(userns::map_name(config.map), "/", diff_id.hex()));
    }
    for (const MountConfig& mount : config.mounts) {
      if (mount.image_id) roots.image_ids.push_back(*mount.image_id);
      for (const oci::Digest& diff_id : mount.diff_ids) {
        roots.layers.push_back(cat(userns::map_name(config.map), "/", diff_id.hex()));
      }
    }
  }
  return roots;
}

}  // namespace husk::store
