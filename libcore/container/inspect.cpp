#include "libcore/container/inspect.hpp"

#include "libcore/base/text.hpp"
#include "libcore/container/capability_option.hpp"
#include "libcore/container/create.hpp"
#include "libcore/container/pause.hpp"
#include "libcore/container/run_options.hpp"
#include "libcore/runtime/profile.hpp"
#include "libcore/runtime/resources.hpp"
#include "libcore/store/layers.hpp"
#include "libcore/store/volumes.hpp"

#include <algorithm>

namespace husk::container {
namespace {

using List = Value::List;
using Object = Value::Object;
using store::ContainerConfig;
using store::MountConfig;

// Go's zero time, which scripts know as "never".
std::string time_or_never(const std::string& time) { return time.empty() ? "0001-01-01T00:00:00Z" : time; }

Value inspect_state(const store::ContainerState& state) {
  const bool runs = state.status == store::Status::running;
  const bool nobody_saw = state.status == store::Status::exited && !state.exit_code;
  return Object{
      {"Status", status_word(state)},
      {"Running", runs},
      {"Paused", is_paused(state)},
      {"Restarting", false},
      {"Dead", false},
      {"Pid", state.pid},
      {"ExitCode", runs         ? 0
                   : nobody_saw ? -1
                                : state.exit_code.value_or(0)},
      {"Error", nobody_saw ? "nobody saw how it ended" : ""},
      {"StartedAt", time_or_never(state.started)},
      {"FinishedAt", time_or_never(state.finished)},
  };
}

// The members of a set, as docker's configurations have them: {"80/tcp": {}}.
template <class Range>
Object to_key_set(const Range& names) {
  Object object;
  for (const auto& name : names) object.push_back({name, Object{}});
  return object;
}

Value null_if_empty(const std::vector<std::string>& texts) {
  return texts.empty() ? Value() : Value(to_list(texts));
}

Value inspect_config(const ContainerConfig& config) {
  const auto split = config.command.begin() +
                     static_cast<std::ptrdiff_t>(std::min(config.entrypoint, config.command.size()));
  std::vector<std::string> volumes;
  for (const MountConfig& mount : config.mounts) {
    if (mount.kind == MountConfig::Kind::volume && mount.anonymous) volumes.push_back(mount.target);
  }
  return Object{
      {"Hostname", host_name_of(config)},
      {"Domainname", ""},
      {"User", config.user},
      {"AttachStdin", config.standard_input},
      {"ExposedPorts", to_key_set(config.exposed_ports)},
      {"Tty", config.terminal},
      {"OpenStdin", config.standard_input},
      {"Env", to_list(config.environment)},
      {"Cmd", null_if_empty({split, config.command.end()})},
      {"Image", config.image},
      {"Volumes", volumes.empty() ? Value() : Value(to_key_set(volumes))},
      {"WorkingDir", config.working_directory},
      {"Entrypoint", null_if_empty({config.command.begin(), split})},
      {"Labels", to_object(config.labels)},
      {"StopSignal", config.stop_signal.empty() ? "SIGTERM" : config.stop_signal},
      {"StopTimeout", config.stop_timeout ? Value(*config.stop_timeout) : Value()},
  };
}

// By port of the container, in the order in which they were published: {"80/tcp": [{"HostIp": …, "HostPort":
// …}]}.
Object inspect_ports(const ContainerConfig& config) {
  std::vector<std::pair<std::string, List>> all;
  for (const std::string& text : config.ports) {
    const runtime::PublishedPort port = parse_port(text);
    const std::string name = container_port(port);
    auto found = std::ranges::find(all, name, &std::pair<std::string, List>::first);
    if (found == all.end()) found = all.insert(all.end(), {name, {}});
    found->second.emplace_back(Object{{"HostIp", port.address.empty() ? "0.0.0.0" : port.address},
                                      {"HostPort", std::to_string(port.host)}});
  }
  Object object;
  for (auto& [name, places] : all) object.push_back({name, std::move(places)});
  return object;
}

Value inspect_network(const ContainerConfig& config, bool runs) {
  Object ports;
  if (runs) {
    ports = inspect_ports(config);
    for (const std::string& exposed : config.exposed_ports) {
      if (std::ranges::find(ports, exposed, &Value::Member::name) == ports.end())
        ports.push_back({exposed, {}});
    }
  }
  // A private network of its own behind the host's address has none by which others could reach it.
  const Object network = {{"IPAddress", ""}, {"Gateway", ""}, {"MacAddress", ""}};
  return Object{
      {"Ports", ports}, {"IPAddress", ""}, {"Gateway", ""}, {"Networks", Object{{config.network, network}}}};
}

std::string mount_mode(const MountConfig& mount) { return mount.read_only ? "ro" : ""; }

Value inspect_mount(const store::Store& store, const MountConfig& mount) {
  using Kind = MountConfig::Kind;
  const bool is_volume = mount.kind == Kind::volume;
  Object object = {{"Type", mount.kind == Kind::bind     ? "bind"
                            : is_volume                  ? "volume"
                            : mount.kind == Kind::memory ? "tmpfs"
                                                         : "image"}};
  if (is_volume) object.push_back({"Name", mount.source});
  object.push_back({"Source", is_volume ? store::volume_tree(store, mount.source).native() : mount.source});
  object.push_back({"Destination", mount.target});
  if (is_volume) object.push_back({"Driver", "local"});
  object.push_back({"Mode", mount_mode(mount)});
  object.push_back({"RW", !mount.read_only && mount.kind != Kind::image});
  const std::string propagation = mount.propagation.empty() ? "rprivate" : mount.propagation;
  object.push_back({"Propagation", mount.kind == Kind::bind ? propagation : ""});
  return object;
}

List list_binds(const ContainerConfig& config) {
  List binds;
  for (const MountConfig& mount : config.mounts) {
    const bool is_bind = mount.kind == MountConfig::Kind::bind;
    if (!is_bind && (mount.kind != MountConfig::Kind::volume || mount.anonymous)) continue;
    binds.emplace_back(cat(mount.source, ":", mount.target, mount.read_only ? ":ro" : ""));
  }
  return binds;
}

// --cap-add and --cap-drop that make the same of the default.
void add_capabilities(Object& object, const store::ProfileConfig& profile) {
  const std::uint64_t usual = runtime::default_capabilities();
  const std::uint64_t has = profile.capabilities.value_or(usual);
  object.push_back({"CapAdd", null_if_empty(name_capabilities(has & ~usual))});
  object.push_back({"CapDrop", null_if_empty(name_capabilities(usual & ~has))});
  object.push_back(
      {"Privileged", has == all_capabilities() && profile.all_visible && !profile.filters_calls});
}

// 0 is none, as docker has it.
void add_limits(Object& object, const runtime::Resources& resources) {
  constexpr std::uint64_t nanoseconds = 1000000000;
  object.push_back({"Memory", resources.memory.value_or(0)});
  object.push_back({"MemoryReservation", resources.memory_reservation.value_or(0)});
  object.push_back({"NanoCpus", resources.cpu_time.value_or(0) * (nanoseconds / runtime::cpu_period)});
  object.push_back({"CpuShares", resources.cpu_shares.value_or(0)});
  object.push_back({"CpusetCpus", resources.cpus});
  object.push_back({"PidsLimit", resources.pids ? Value(*resources.pids) : Value()});
  object.push_back({"CgroupParent", resources.parent});
}

List list_security(const store::ProfileConfig& profile) {
  List options;
  if (profile.no_new_privileges) options.emplace_back("no-new-privileges");
  if (!profile.filters_calls) options.emplace_back("seccomp=unconfined");
  if (!profile.filter.empty()) options.emplace_back("seccomp=file");
  if (profile.all_visible) options.emplace_back("systempaths=unconfined");
  for (const std::string& path : profile.hidden) options.emplace_back(cat("mask=", path));
  for (const std::string& path : profile.visible) options.emplace_back(cat("unmask=", path));
  return options;
}

List list_hosts(const ContainerConfig& config) {
  List hosts;
  for (const auto& [name, address] : config.hosts) hosts.emplace_back(cat(name, ":", address));
  return hosts;
}

Value inspect_host_config(const ContainerConfig& config) {
  const store::ProfileConfig& profile = config.profile;
  Object object = {
      {"Binds", list_binds(config)},
      {"LogConfig", Object{{"Type", "json-file"}, {"Config", Object{}}}},
      {"NetworkMode", config.network},
      {"PortBindings", inspect_ports(config)},
      {"AutoRemove", config.remove_at_end},
  };
  add_limits(object, runtime::parse_resources(config.profile.resources));
  add_capabilities(object, profile);
  const Object rest = {
      {"Dns", to_list(config.name_servers)},
      {"DnsOptions", to_list(config.resolver_options)},
      {"DnsSearch", to_list(config.search_domains)},
      {"ExtraHosts", list_hosts(config)},
      {"GroupAdd", to_list(profile.groups)},
      {"OomScoreAdj", profile.oom_score_adjustment.value_or(0)},
      {"ReadonlyRootfs", config.read_only},
      {"SecurityOpt", list_security(profile)},
      {"ShmSize", profile.shm_size.value_or(runtime::Spec{}.shm_size)},
      {"Sysctls", to_object(profile.settings)},
      {"Ulimits", to_list(profile.limits)},
      {"Devices", to_list(config.devices)},
      {"Init", profile.has_init},
      {"UsernsMode", config.map == userns::MapKind::single ? "single" : "subid"},
  };
  object.insert(object.end(), rest.begin(), rest.end());
  return object;
}

Value inspect_files(const store::Store& store, const store::Container& container) {
  std::string lower;
  for (auto id = container.config().diff_ids.rbegin(); id != container.config().diff_ids.rend(); ++id) {
    const auto tree = store::find_layer(store, container.config().map, *id);
    if (tree) lower += cat(lower.empty() ? "" : ":", tree->native());
  }
  return Object{{"Name", "overlay"},
                {"Data", Object{{"LowerDir", lower},
                                {"UpperDir", container.upper().native()},
                                {"WorkDir", container.work().native()}}}};
}

}  // namespace

Value inspect_container(const store::Store& store, const store::Container& container,
                        const std::optional<ContainerSize>& size) {
  const ContainerConfig& config = container.config();
  const store::ContainerState state = store::read_state(container);
  List mounts;
  for (const MountConfig& mount : config.mounts) mounts.push_back(inspect_mount(store, mount));
  Object object = {
      {"Id", config.id},
      {"Created", config.created},
      {"Path", config.command.front()},
      {"Args", List(config.command.begin() + 1, config.command.end())},
      {"State", inspect_state(state)},
      {"Image", config.image_id ? config.image_id->str() : ""},
      {"LogPath", (container.path() / "log").native()},
      {"Name", cat("/", config.name)},
      {"RestartCount", 0},
      {"Driver", "overlay"},
      {"Platform", "linux"},
      {"HostConfig", inspect_host_config(config)},
      {"GraphDriver", inspect_files(store, container)},
  };
  if (size) {
    object.push_back({"SizeRw", size->written});
    object.push_back({"SizeRootFs", size->written + size->image});
  }
  object.push_back({"Mounts", mounts});
  object.push_back({"Config", inspect_config(config)});
  object.push_back({"NetworkSettings", inspect_network(config, state.status == store::Status::running)});
  return object;
}

}  // namespace husk::container
