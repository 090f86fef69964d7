#include "libcore/store/container_file.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/unicode.hpp"

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

// Arguments and paths may be any bytes, and JSON holds UTF-8 only: what is not is a list of numbers.
Json from_bytes(const std::string& text) {
  if (is_utf8(text)) return text;
  return std::vector<std::uint8_t>(text.begin(), text.end());
}

std::string to_bytes(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  const auto bytes = json.get<std::vector<std::uint8_t>>();
  return {bytes.begin(), bytes.end()};
}

Json from_list(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back(from_bytes(text));
  return list;
}

std::vector<std::string> to_list(const Json& json) {
  std::vector<std::string> texts;
  for (const Json& each : json) texts.push_back(to_bytes(each));
  return texts;
}

std::string dump(const Json& json) { return json.dump(1) + "\n"; }

}  // namespace

std::string print_container_config(const ContainerConfig& config) {
  Json json = {{"id", config.id},
               {"name", config.name},
               {"image", from_bytes(config.image)},
               {"map", userns::map_name(config.map)},
               {"created", config.created},
               {"diff_ids", Json::array()},
               {"command", from_list(config.command)},
               {"environment", from_list(config.environment)},
               {"working_directory", from_bytes(config.working_directory)},
               {"user", from_bytes(config.user)},
               {"host_name", from_bytes(config.host_name)},
               {"network", config.network},
               {"ports", config.ports},
               {"volumes", Json::array()},
               {"read_only", config.read_only},
               {"terminal", config.terminal},
               {"standard_input", config.standard_input},
               {"remove_at_end", config.remove_at_end},
               {"stop_signal", from_bytes(config.stop_signal)}};
  if (config.image_id) json["image_id"] = config.image_id->str();
  for (const oci::Digest& each : config.diff_ids) json["diff_ids"].push_back(each.str());
  for (const VolumeConfig& each : config.volumes) {
    json["volumes"].push_back({{"source", from_bytes(each.source)},
                               {"target", from_bytes(each.target)},
                               {"read_only", each.read_only}});
  }
  return dump(json);
}

ContainerConfig parse_container_config(const std::string& text) {
  return parse(text, "configuration", [](const Json& json) {
    ContainerConfig config;
    json.at("id").get_to(config.id);
    json.at("name").get_to(config.name);
    config.image = to_bytes(json.at("image"));
    config.map =
        json.at("map").get<std::string>() == "m" ? userns::MapKind::subordinate : userns::MapKind::single;
    json.at("created").get_to(config.created);
    if (json.contains("image_id")) config.image_id = digest(json.at("image_id").get<std::string>());
    for (const Json& each : json.at("diff_ids")) config.diff_ids.push_back(digest(each.get<std::string>()));
    config.command = to_list(json.at("command"));
    config.environment = to_list(json.at("environment"));
    config.working_directory = to_bytes(json.at("working_directory"));
    config.user = to_bytes(json.at("user"));
    config.host_name = to_bytes(json.at("host_name"));
    json.at("network").get_to(config.network);
    json.at("ports").get_to(config.ports);
    for (const Json& each : json.at("volumes")) {
      config.volumes.push_back(
          {to_bytes(each.at("source")), to_bytes(each.at("target")), each.at("read_only").get<bool>()});
    }
    json.at("read_only").get_to(config.read_only);
    json.at("terminal").get_to(config.terminal);
    json.at("standard_input").get_to(config.standard_input);
    json.at("remove_at_end").get_to(config.remove_at_end);
    config.stop_signal = to_bytes(json.at("stop_signal"));
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
