#include "libcore/store/container_file.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"

#include <fcntl.h>
#include <charconv>
#include <nlohmann/json.hpp>

namespace husk::store {
namespace {

using Json = nlohmann::json;

template <class Read>
auto parse(const std::string& text, std::string_view what, Read read) {
  try {
    return read(Json::parse(text));
  } catch (const Json::exception&) {
    Error error(cat("the container's ", what, " is damaged"));
    error.set_hint("husk-fsck says more");
    throw error;
  }
}

oci::Digest digest(const std::string& text) {
  if (auto digest = oci::Digest::parse(text)) return *digest;
  throw Error(cat("the container's configuration has ", quote(text), " where a digest should be"));
}

std::string_view status_name(Status status) {
  switch (status) {
    case Status::created: return "created";
    case Status::running: return "running";
    case Status::exited: return "exited";
  }
  return "?";
}

// Arguments may be any bytes; JSON holds UTF-8 only.
std::string dump(const Json& json) { return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string print_container_config(const ContainerConfig& config) {
  Json json = {{"id", config.id},           {"name", config.name},
               {"image", config.image},     {"map", userns::map_name(config.map)},
               {"command", config.command}, {"ports", config.ports},
               {"created", config.created}, {"diff_ids", Json::array()}};
  if (config.image_id) json["image_id"] = config.image_id->str();
  for (const oci::Digest& each : config.diff_ids) json["diff_ids"].push_back(each.str());
  return dump(json);
}

ContainerConfig parse_container_config(const std::string& text) {
  return parse(text, "configuration", [](const Json& json) {
    ContainerConfig config;
    json.at("id").get_to(config.id);
    json.at("name").get_to(config.name);
    json.at("image").get_to(config.image);
    config.map =
        json.at("map").get<std::string>() == "m" ? userns::MapKind::subordinate : userns::MapKind::single;
    json.at("command").get_to(config.command);
    json.at("ports").get_to(config.ports);
    json.at("created").get_to(config.created);
    if (json.contains("image_id")) config.image_id = digest(json.at("image_id").get<std::string>());
    for (const Json& each : json.at("diff_ids")) config.diff_ids.push_back(digest(each.get<std::string>()));
    return config;
  });
}

std::string print_container_state(const ContainerState& state) {
  Json json = {{"status", status_name(state.status)},
               {"pid", state.pid},
               {"start_time", state.start_time},
               {"boot_id", state.boot_id},
               {"started", state.started},
               {"finished", state.finished}};
  if (state.exit_code) json["exit_code"] = *state.exit_code;
  return dump(json);
}

ContainerState parse_container_state(const std::string& text) {
  return parse(text, "state", [](const Json& json) {
    ContainerState state;
    const std::string status = json.at("status").get<std::string>();
    for (const Status each : {Status::created, Status::running, Status::exited}) {
      if (status == status_name(each)) state.status = each;
    }
    json.at("pid").get_to(state.pid);
    json.at("start_time").get_to(state.start_time);
    json.at("boot_id").get_to(state.boot_id);
    json.at("started").get_to(state.started);
    json.at("finished").get_to(state.finished);
    if (json.contains("exit_code")) state.exit_code = json.at("exit_code").get<int>();
    return state;
  });
}

std::optional<std::uint64_t> find_start_time(pid_t pid) {
  const std::string path = cat("/proc/", pid, "/stat");
  const Fd file(pid > 0 ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC) : -1);
  if (!file) return std::nullopt;
  std::string text;
  try {
    text = read_all(file.get(), 4096, path);
  } catch (const SysError&) {
    return std::nullopt;  // ESRCH: it has just gone
  }
  // The name of the program stands in parentheses and may hold anything, so count from the last one: field 3
  // follows.
  const auto end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos || end_of_name + 2 >= text.size()) return std::nullopt;
  std::string_view rest = std::string_view(text).substr(end_of_name + 2);
  if (rest.starts_with('Z') || rest.starts_with('X')) return std::nullopt;
  for (int field = 3; field < 22; ++field) rest.remove_prefix(std::min(rest.size(), rest.find(' ') + 1));
  std::uint64_t value = 0;
  (void)std::from_chars(rest.data(), rest.data() + rest.size(), value);
  return value;
}

}  // namespace husk::store
