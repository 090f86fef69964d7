#include "libcore/store/container_file.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/process_stat.hpp"
#include "libcore/base/unicode.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace husk::store {
namespace {

using Json = nlohmann::json;

// Stops at the text that the document itself has as its member NAME.
class TextFinder : public nlohmann::json_sax<Json> {
 public:
  explicit TextFinder(std::string name) : name_(std::move(name)) {}
  std::optional<std::string> found;

  bool start_object(std::size_t) override { return ++depth_, true; }
  bool end_object() override { return --depth_, true; }
  bool start_array(std::size_t) override { return ++depth_, true; }
  bool end_array() override { return --depth_, true; }
  bool key(std::string& text) override { return is_next_ = depth_ == 1 && text == name_, true; }
  bool string(std::string& text) override {
    if (is_next_) found = std::move(text);
    return !is_next_;
  }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  std::string name_;
  std::size_t depth_ = 0;
  bool is_next_ = false;
};

[[noreturn]] void throw_damaged(std::string_view what) {
  Error error(cat("the container's ", what, " is damaged"));
  error.set_hint("husk-fsck says more");
  throw error;
}

template <class Read>
auto parse(const std::string& text, std::string_view what, Read read) {
  try {
    return read(Json::parse(text));
  } catch (const Json::exception&) {
    throw_damaged(what);
  }
}

oci::Digest digest(const std::string& text) {
  if (auto digest = oci::Digest::parse(text)) return *digest;
  throw Error(cat("the container's configuration has ", quote(text), " where a digest should be"));
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

// A list of pairs, also of a map: names may be any bytes.
template <class Pairs>
Json from_pairs(const Pairs& pairs) {
  Json list = Json::array();
  for (const auto& [name, value] : pairs) list.push_back({from_bytes(name), from_bytes(value)});
  return list;
}

template <class Pairs>
Pairs to_pairs(const Json& json) {
  Pairs pairs;
  for (const Json& each : json) pairs.insert(pairs.end(), {to_bytes(each.at(0)), to_bytes(each.at(1))});
  return pairs;
}

Json from_profile(const ProfileConfig& profile) {
  Json json = {{"filters_calls", profile.filters_calls},
               {"filter", from_bytes(profile.filter)},
               {"no_new_privileges", profile.no_new_privileges},
               {"groups", profile.groups},
               {"keeps_groups", profile.keeps_groups},
               {"has_init", profile.has_init},
               {"all_visible", profile.all_visible},
               {"visible", from_list(profile.visible)},
               {"hidden", from_list(profile.hidden)},
               {"settings", from_pairs(profile.settings)},
               {"limits", profile.limits}};
  if (profile.capabilities) json["capabilities"] = *profile.capabilities;
  if (profile.oom_score_adjustment) json["oom_score_adjustment"] = *profile.oom_score_adjustment;
  if (profile.shm_size) json["shm_size"] = *profile.shm_size;
  if (!profile.resources.empty()) json["resources"] = profile.resources;
  return json;
}

ProfileConfig to_profile(const Json& json) {
  ProfileConfig profile;
  if (json.contains("capabilities")) profile.capabilities = json.at("capabilities").get<std::uint64_t>();
  json.at("filters_calls").get_to(profile.filters_calls);
  profile.filter = to_bytes(json.at("filter"));
  json.at("no_new_privileges").get_to(profile.no_new_privileges);
  json.at("groups").get_to(profile.groups);
  json.at("keeps_groups").get_to(profile.keeps_groups);
  json.at("has_init").get_to(profile.has_init);
  json.at("all_visible").get_to(profile.all_visible);
  profile.visible = to_list(json.at("visible"));
  profile.hidden = to_list(json.at("hidden"));
  profile.settings = to_pairs<decltype(profile.settings)>(json.at("settings"));
  json.at("limits").get_to(profile.limits);
  if (json.contains("resources")) json.at("resources").get_to(profile.resources);
  if (json.contains("oom_score_adjustment"))
    profile.oom_score_adjustment = json.at("oom_score_adjustment").get<int>();
  if (json.contains("shm_size")) profile.shm_size = json.at("shm_size").get<std::uint64_t>();
  return profile;
}

constexpr std::array<std::string_view, 4> mount_kinds = {"bind", "volume", "tmpfs", "image"};

// Only what counts for the kind, but for what all have.
Json from_mount(const MountConfig& mount) {
  using Kind = MountConfig::Kind;
  Json json = {{"type", mount_kinds.at(static_cast<std::size_t>(mount.kind))},
               {"source", from_bytes(mount.source)},
               {"target", from_bytes(mount.target)},
               {"read_only", mount.read_only}};
  if (mount.kind == Kind::bind) {
    json["propagation"] = mount.propagation;
    json["recursive"] = mount.recursive;
    json["make_source"] = mount.make_source;
  }
  if (mount.kind == Kind::volume || mount.kind == Kind::image) json["subpath"] = from_bytes(mount.subpath);
  if (mount.kind == Kind::volume) json["anonymous"] = mount.anonymous;
  if (mount.kind == Kind::memory) {
    json["size"] = mount.size;
    json["inodes"] = mount.inodes;
    json["mode"] = mount.mode;
    json["uid"] = mount.uid;
    json["gid"] = mount.gid;
    json["executable"] = mount.executable;
  }
  if (mount.image_id) json["image_id"] = mount.image_id->str();
  for (const oci::Digest& each : mount.diff_ids) json["diff_ids"].push_back(each.str());
  return json;
}

MountConfig to_mount(const Json& json) {
  MountConfig mount;
  const auto kind = std::ranges::find(mount_kinds, json.at("type").get<std::string>());
  if (kind == mount_kinds.end()) throw Error("the container's configuration has a mount of an unknown type");
  mount.kind = static_cast<MountConfig::Kind>(kind - mount_kinds.begin());
  mount.source = to_bytes(json.at("source"));
  mount.target = to_bytes(json.at("target"));
  json.at("read_only").get_to(mount.read_only);
  mount.propagation = json.value("propagation", "");
  mount.recursive = json.value("recursive", "");
  mount.make_source = json.value("make_source", false);
  if (json.contains("subpath")) mount.subpath = to_bytes(json.at("subpath"));
  mount.anonymous = json.value("anonymous", false);
  mount.size = json.value("size", std::uint64_t{0});
  mount.inodes = json.value("inodes", std::uint64_t{0});
  mount.mode = json.value("mode", mount.mode);
  mount.uid = json.value("uid", std::uint32_t{0});
  mount.gid = json.value("gid", std::uint32_t{0});
  mount.executable = json.value("executable", false);
  if (json.contains("image_id")) mount.image_id = digest(json.at("image_id").get<std::string>());
  if (json.contains("diff_ids"))
    for (const Json& each : json.at("diff_ids")) mount.diff_ids.push_back(digest(each.get<std::string>()));
  return mount;
}

std::string dump(const Json& json) { return json.dump(1) + "\n"; }

}  // namespace

std::string_view status_name(Status status) {
  switch (status) {
    case Status::created: return "created";
    case Status::running: return "running";
    case Status::exited: return "exited";
  }
  return "?";
}

std::string print_container_config(const ContainerConfig& config) {
  Json json = {{"id", config.id},
               {"name", config.name},
               {"image", from_bytes(config.image)},
               {"map", userns::map_name(config.map)},
               {"created", config.created},
               {"diff_ids", Json::array()},
               {"command", from_list(config.command)},
               {"entrypoint", config.entrypoint},
               {"environment", from_list(config.environment)},
               {"labels", from_pairs(config.labels)},
               {"working_directory", from_bytes(config.working_directory)},
               {"user", from_bytes(config.user)},
               {"host_name", from_bytes(config.host_name)},
               {"network", config.network},
               {"ports", config.ports},
               {"exposed_ports", from_list(config.exposed_ports)},
               {"name_servers", config.name_servers},
               {"search_domains", config.search_domains},
               {"resolver_options", config.resolver_options},
               {"hosts", from_pairs(config.hosts)},
               {"profile", from_profile(config.profile)},
               {"mounts", Json::array()},
               {"devices", from_list(config.devices)},
               {"read_only", config.read_only},
               {"terminal", config.terminal},
               {"standard_input", config.standard_input},
               {"remove_at_end", config.remove_at_end},
               {"stop_signal", from_bytes(config.stop_signal)}};
  if (config.stop_timeout) json["stop_timeout"] = *config.stop_timeout;
  if (config.image_id) json["image_id"] = config.image_id->str();
  for (const oci::Digest& each : config.diff_ids) json["diff_ids"].push_back(each.str());
  for (const MountConfig& each : config.mounts) json["mounts"].push_back(from_mount(each));
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
    config.entrypoint = json.value("entrypoint", std::size_t{0});
    config.environment = to_list(json.at("environment"));
    config.labels = to_pairs<std::map<std::string, std::string>>(json.at("labels"));
    config.working_directory = to_bytes(json.at("working_directory"));
    config.user = to_bytes(json.at("user"));
    config.host_name = to_bytes(json.at("host_name"));
    json.at("network").get_to(config.network);
    json.at("ports").get_to(config.ports);
    config.exposed_ports = to_list(json.at("exposed_ports"));
    json.at("name_servers").get_to(config.name_servers);
    json.at("search_domains").get_to(config.search_domains);
    json.at("resolver_options").get_to(config.resolver_options);
    config.hosts = to_pairs<std::vector<std::pair<std::string, std::string>>>(json.at("hosts"));
    config.profile = to_profile(json.at("profile"));
    if (json.contains("stop_timeout")) config.stop_timeout = json.at("stop_timeout").get<int>();
    for (const Json& each : json.at("mounts")) config.mounts.push_back(to_mount(each));
    config.devices = to_list(json.at("devices"));
    json.at("read_only").get_to(config.read_only);
    json.at("terminal").get_to(config.terminal);
    json.at("standard_input").get_to(config.standard_input);
    json.at("remove_at_end").get_to(config.remove_at_end);
    config.stop_signal = to_bytes(json.at("stop_signal"));
    return config;
  });
}

std::string read_creation_time(const std::string& text) {
  TextFinder finder("created");
  (void)Json::sax_parse(text, &finder);  // "false" as a rule: it was told to stop
  if (!finder.found) throw_damaged("configuration");
  return std::move(*finder.found);
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
  const auto stat = read_process_stat(pid);
  if (!stat || stat->state == 'Z' || stat->state == 'X') return std::nullopt;
  return stat->start_time;
}

}  // namespace husk::store
