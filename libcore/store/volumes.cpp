#include "libcore/store/volumes.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/random.hpp"
#include "libcore/base/sys.hpp"
#include "libcore/base/time.hpp"
#include "libcore/store/list_directory.hpp"
#include "libcore/store/locked_directory.hpp"
#include "libcore/store/object_name.hpp"
#include "libcore/store/remove_tree.hpp"
#include "libcore/store/state_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

namespace husk::store {
namespace {

using Json = nlohmann::json;

constexpr const char* volumes_directory = "volumes";
constexpr std::size_t max_description = 1 << 20;
constexpr std::size_t max_name = 255;

std::string volume_path(const std::string& name) { return cat(volumes_directory, "/", name); }

bool is_volume_name(std::string_view name) { return is_object_name(name, 2, max_name); }

void wait_a_moment() { std::this_thread::sleep_for(std::chrono::milliseconds(5)); }

std::string print(const Volume& volume) {
  return Json{{"created", volume.created}, {"labels", volume.labels}}.dump(1, ' ', false,
                                                                           Json::error_handler_t::replace) +
         "\n";
}

Volume parse(const std::string& name, const std::string& text) {
  try {
    const Json json = Json::parse(text);
    return {name, json.at("created").get<std::string>(),
            json.at("labels").get<std::map<std::string, std::string>>()};
  } catch (const Json::exception&) {
    throw Error(cat("the description of volume ", quote(name), " is damaged"));
  }
}

[[noreturn]] void throw_missing(std::string_view name) {
  Error error(cat("no such volume: ", quote(name)));
  error.set_hint("'husk volume ls' lists them");
  throw error;
}

bool exists_at(int directory, const char* name) {
  return ::faccessat(directory, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

Fd open_volume(const Store& store, const std::string& name) {
  Fd directory(::openat(store.directory(), volume_path(name).c_str(),
                        O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory && errno == ENOENT) throw_missing(name);
  if (!directory) throw_errno("open volume ", quote(name));
  return directory;
}

void make_tree(int directory) {
  sys::make_directory_at(directory, "tree", 0755);
  // Whoever is in a container has to get in, whatever our umask is.
  if (::fchmodat(directory, "tree", 0755, 0) != 0) throw_errno("set the mode of a new volume");
}

}  // namespace

bool is_anonymous(const Volume& volume) { return volume.labels.contains(anonymous_label); }

std::string choose_volume_name() { return random_hex(32); }

void check_volume_name(std::string_view name) {
  if (is_volume_name(name)) return;
  throw Error(cat("volume name ", quote(name), " is not two or more letters, digits, '_', '.' and '-'"));
}

bool make_volume(const Lease& lease, Volume volume) {
  check_volume_name(volume.name);
  if (volume.created.empty()) volume.created = format_rfc3339(now());
  const Fd volumes = lease.store().open_directory(volumes_directory);
  const std::string temporary = cat("volume-", random_hex(8));
  sys::make_directory_at(lease.tmp(), temporary, 0700);
  const Fd directory(::openat(lease.tmp(), temporary.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) throw_errno("open a new volume");
  write_new_file(directory.get(), "volume.json", print(volume));
  write_new_file(directory.get(), "lock", "");
  make_tree(directory.get());
  sys::reached("volume.made");
  const bool made = sys::try_rename_at(lease.tmp(), temporary, volumes.get(), volume.name);
  sys::reached("volume.renamed");
  return made;
}

std::optional<Volume> find_volume(const Store& store, const std::string& name) {
  if (!is_volume_name(name)) return std::nullopt;
  const auto text = find_state_file(store, cat(volume_path(name), "/volume.json"), max_description);
  return text ? std::optional(parse(name, *text)) : std::nullopt;
}

Volume get_volume(const Store& store, const std::string& name) {
  auto volume = find_volume(store, name);
  if (!volume) throw_missing(name);
  return std::move(*volume);
}

std::vector<Volume> list_volumes(const Store& store) {
  std::vector<Volume> all;
  for (const std::string& name : list_directory(store, volumes_directory)) {
    try {
      if (auto volume = find_volume(store, name)) all.push_back(std::move(*volume));
    } catch (const Error&) {
      // husk-fsck tells of it.
    }
  }
  return all;
}

std::filesystem::path volume_tree(const Store& store, const std::string& name) {
  return store.path() / volumes_directory / name / "tree";
}

std::optional<Fd> hold_volume(const Store& store, const std::string& name) {
  return lock_directory(store, volume_path(name), LockKind::shared, Busy::wait, wait_a_moment);
}

bool is_empty_volume(const Store& store, const std::string& name) {
  const Fd directory = open_volume(store, name);
  if (exists_at(directory.get(), "filling")) return true;
  std::error_code failure;
  // One that we can't look into belongs to somebody in a container already.
  const bool empty = std::filesystem::is_empty(volume_tree(store, name), failure);
  return empty && !failure;
}

void fill_volume(const Store& store, const std::string& name,
                 const std::function<void(int directory)>& fill) {
  const auto lock = lock_directory(store, volume_path(name), LockKind::exclusive, Busy::wait, wait_a_moment);
  if (!lock) throw_missing(name);
  if (!is_empty_volume(store, name)) return;  // somebody was faster
  const Fd directory = open_volume(store, name);
  if (exists_at(directory.get(), "filling")) {
    remove_tree(directory.get(), "tree");
    make_tree(directory.get());
  } else {
    write_new_file(directory.get(), "filling", "");
  }
  sys::reached("volume.filling");
  fill(directory.get());
  sys::reached("volume.filled");
  (void)sys::try_unlink_at(directory.get(), "filling", 0);
}

void remove_volume(const Store& store, const std::string& name) {
  const auto lock = is_volume_name(name) ? lock_directory(store, volume_path(name), LockKind::exclusive,
                                                          Busy::wait, wait_a_moment)
                                         : std::nullopt;
  if (!lock) throw_missing(name);
  // Whoever makes a container holds the lock until this can see it.
  const VolumeUsers users = find_volume_users(store);
  if (const auto found = users.find(name); found != users.end()) {
    Error error(cat("volume ", quote(name), " is in use by container ", quote(found->second.front())));
    error.set_hint("a container that has ended has its volumes, too, until husk-rm");
    throw error;
  }
  const std::string trashed = move_to_trash(store, volume_path(name));
  sys::reached("volume.in_trash");
  remove_from_trash(store, trashed);
}

std::map<std::string, std::string> check_volumes(const Store& store) {
  std::map<std::string, std::string> problems;
  for (const std::string& name : list_directory(store, volumes_directory)) {
    try {
      if (!find_volume(store, name))
        throw Error(is_volume_name(name) ? "it has no description" : "no volume has this name");
      struct stat status {};
      const Fd directory = open_volume(store, name);
      if (::fstatat(directory.get(), "tree", &status, AT_SYMLINK_NOFOLLOW) != 0)
        throw_errno("look at its files");
      if (!S_ISDIR(status.st_mode)) throw Error("its files are no directory");
      if (!exists_at(directory.get(), "lock")) throw Error("it has no lock");
    } catch (const Error& error) {
      problems.emplace(name, error.what());
    }
  }
  return problems;
}

}  // namespace husk::store
