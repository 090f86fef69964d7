#pragma once

#include "libcore/store/lease.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace husk::store {

/// volumes/<name>/: files that outlive containers. tree/ is what those see; volume.json says what it is; lock
/// is held, shared, while a container that uses it is made, and exclusively by whoever fills or removes it;
/// the file "filling" is there while it is filled. What is in a volume is the user's and never garbage.

struct Volume {
  std::string name;
  std::string created;  // RFC 3339; make_volume() chooses it if it is empty
  std::map<std::string, std::string> labels;
};

/// The label of one that nobody gave a name, as docker has it.
inline constexpr const char* anonymous_label = "com.docker.volume.anonymous";
bool is_anonymous(const Volume& volume);
/// A name for one: 64 hexadecimal digits.
std::string choose_volume_name();

/// Throws Error if NAME is no name of a volume: [a-zA-Z0-9][a-zA-Z0-9_.-]+, at most 255 characters.
void check_volume_name(std::string_view name);

/// An empty one. False if there is one of that name. Throws Error if it is no name.
bool make_volume(const Lease& lease, Volume volume);

std::optional<Volume> find_volume(const Store& store, const std::string& name);
/// Throws Error "no such volume".
Volume get_volume(const Store& store, const std::string& name);
/// By name. One that another process removes meanwhile, or whose description can't be read, is left out.
std::vector<Volume> list_volumes(const Store& store);
std::filesystem::path volume_tree(const Store& store, const std::string& name);

/// The right to rely on it until a container's record keeps it from being removed: for a moment only. Nothing
/// if it is not there.
std::optional<Fd> hold_volume(const Store& store, const std::string& name);

/// There is nothing in it, or somebody was killed who filled it.
bool is_empty_volume(const Store& store, const std::string& name);

/// Fills it if it is_empty_volume(), alone with it: FILL gets a descriptor of its directory, and puts files
/// into "tree" there. Killed, it leaves one that counts as empty.
void fill_volume(const Store& store, const std::string& name, const std::function<void(int directory)>& fill);

/// Removes it. Throws Error if it is not there, or if a container has it, which need not run.
void remove_volume(const Store& store, const std::string& name);

/// Which containers have it, by their names.
using VolumeUsers = std::map<std::string, std::vector<std::string>>;
VolumeUsers find_volume_users(const Store& store);

/// What is wrong with the volumes, by name: for check_store().
std::map<std::string, std::string> check_volumes(const Store& store);

}  // namespace husk::store
