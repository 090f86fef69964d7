#include "libcore/container/create.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/container/device_option.hpp"
#include "libcore/container/id_file.hpp"
#include "libcore/container/image_use.hpp"
#include "libcore/container/mounts.hpp"
#include "libcore/container/name_option.hpp"
#include "libcore/container/port_option.hpp"
#include "libcore/container/profile_option.hpp"
#include "libcore/container/resource_option.hpp"
#include "libcore/container/root.hpp"
#include "libcore/container/stop.hpp"
#include "libcore/runtime/host_entry.hpp"
#include "libcore/store/gc_lock.hpp"

#include <unistd.h>
#include <array>
#include <optional>

namespace husk::container {
namespace {

std::string own_host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) throw_errno("find the host's name");
  return std::string(name.data()).substr(0, 64);
}

void add_names(store::ContainerConfig& config, const RunOptions& options) {
  for (const std::string& text : options.name_servers) config.name_servers.push_back(parse_name_server(text));
  for (const std::string& text : options.search_domains)
    config.search_domains.push_back(parse_search_domain(text));
  for (const std::string& text : options.resolver_options)
    config.resolver_options.push_back(parse_resolver_option(text));
  const bool of_host = parse_network(options.network) == runtime::Network::host;
  for (std::string text : options.hosts) {
    constexpr std::string_view gateway = "host-gateway";
    if (of_host && text.ends_with(gateway))
      text.replace(text.size() - gateway.size(), gateway.size(), "127.0.0.1");
    try {
      const runtime::HostEntry entry = runtime::parse_host_entry(text);
      config.hosts.emplace_back(entry.name, entry.address);
    } catch (Error& error) {
      error.set_exit(Exit::engine);
      throw;
    }
  }
}

store::ContainerConfig make_config(const store::Tag& tag, const oci::ImageConfig& image,
                                   const RunOptions& options) {
  store::ContainerConfig config;
  config.name = options.name;
  config.image = options.image();
  config.image_id = tag.image_id;
  config.diff_ids = image.diff_ids;
  config.command = merge_command(image, options);
  config.entrypoint = count_entrypoint(image, options);
  config.environment = merge_environment(
      image.env, collect_environment(options.environment_files, options.environment), find_environment);
  config.labels = merge_labels(image.labels, options);
  config.working_directory =
      options.working_directory.empty() ? image.working_dir : options.working_directory;
  config.user = options.user.empty() ? image.user : options.user;
  config.host_name = options.host_name;
  config.network = options.network;
  if (const bool is_private = parse_network(options.network) == runtime::Network::private_network;
      !is_private && (!options.ports.empty() || options.publish_all))
    throw Error(cat("ports can't be published with --network=", options.network), Exit::engine);
  config.ports = choose_ports(options, image);
  config.exposed_ports = list_exposed_ports(options, image);
  add_names(config, options);
  config.profile = plan_profile(options);
  for (const std::string& device : options.devices) check_device(device);
  config.devices = options.devices;
  config.read_only = options.read_only;
  config.terminal = options.terminal;
  config.standard_input = options.interactive;
  config.remove_at_end = options.remove;
  if (!options.stop_signal.empty()) (void)parse_signal_option(options.stop_signal);
  config.stop_signal = options.stop_signal.empty() ? image.stop_signal : options.stop_signal;
  config.stop_timeout = options.stop_timeout;
  return config;
}

}  // namespace

store::Container create(const store::Store& store, const RunOptions& options, const userns::IdMap& map) {
  std::optional<IdFile> id_file;
  if (!options.id_file.empty()) id_file.emplace(options.id_file);
  // Held until the container's own record keeps image and layers from being collected as garbage.
  // Not a lease: nothing is left half-made that would need one, and it costs a tenth of a start.
  const Fd gc_lock = store::share_gc_lock(store);
  const store::Tag tag = resolve_image(store, options.image(), parse_pull(options.pull));
  const oci::ImageConfig image = store::read_config(store, tag.image_id);
  store::ContainerConfig config = make_config(tag, image, options);
  config.map = map.kind;
  PlannedResources resources = plan_resources(options);
  if (!resources.note.empty()) store.warn(resources.note);
  config.profile.resources = std::move(resources.options);
  unpack_layers(store, options.image(), options.userns, map.kind, image.diff_ids);
  NewMounts mounts = make_mounts(store, options, tag.image_id, image, map.kind);
  config.mounts = mounts.mounts;
  std::optional<store::Container> container;
  try {
    container.emplace(store::create_container(store, std::move(config)));
    if (id_file) id_file->write(container->config().id);
  } catch (const Error&) {
    // Also one of which its maker can't be told is none.
    if (container) store::remove_container(store, *container);
    mounts.forget(store);
    throw;
  }
  return std::move(*container);
}

std::string host_name_of(const store::ContainerConfig& config) {
  if (!config.host_name.empty()) return config.host_name;
  const bool of_host = parse_network(config.network) == runtime::Network::host;
  return of_host ? own_host_name() : config.id.substr(0, 12);
}

runtime::Spec make_spec(const store::Store& store, const store::Container& container,
                        const userns::IdMap& map) {
  const store::ContainerConfig& config = container.config();
  runtime::Spec spec;
  spec.map = map;
  spec.rootfs.lower = lower_directories(store, config.map, config.diff_ids);
  spec.rootfs.upper = container.upper();
  spec.rootfs.work = container.work();
  if (config.remove_at_end) spec.rootfs.written_to = runtime::WrittenTo::memory;
  spec.read_only = config.read_only;
  spec.arguments = config.command;
  spec.environment = config.environment;
  spec.working_directory = config.working_directory;
  spec.user = config.user;
  spec.network = parse_network(config.network);
  spec.host_name = host_name_of(config);
  for (const std::string& port : config.ports) spec.ports.push_back(parse_port(port));
  add_mounts(store, config, spec);
  apply_profile(config.profile, spec);
  spec.names = {config.name_servers, config.search_domains, config.resolver_options};
  for (const auto& [name, address] : config.hosts) spec.extra_hosts.push_back({name, address});
  spec.terminal = config.terminal;
  spec.standard_input = config.standard_input;
  add_devices(config.devices, spec);
  return spec;
}

}  // namespace husk::container
