#include "libcore/container/create.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/container/root.hpp"
#include "libcore/container/stop.hpp"
#include "libcore/container/tool_process.hpp"
#include "libcore/store/gc_lock.hpp"
#include "libcore/store/images.hpp"
#include "libcore/store/layers.hpp"

#include <unistd.h>
#include <algorithm>
#include <array>

namespace husk::container {
namespace {

store::Tag resolve_image(const store::Store& store, const RunOptions& options) {
  const Pull pull = parse_pull(options.pull);
  if (pull != Pull::always) {
    if (auto tag = store::find_image_if_any(store, options.image())) return *tag;
  }
  if (pull == Pull::never) return store::find_image(store, options.image());  // says that there is none
  run_tool("husk-pull", {"--", options.image()});
  return store::find_image(store, options.image());
}

// Layers are unpacked once for each kind of id map.
void unpack_layers(const store::Store& store, const RunOptions& options, userns::MapKind map,
                   const std::vector<oci::Digest>& diff_ids) {
  const auto is_there = [&](const oci::Digest& diff_id) {
    return store::find_layer(store, map, diff_id).has_value();
  };
  if (std::ranges::all_of(diff_ids, is_there)) return;
  run_tool("husk-unpack", {"--userns", options.userns, "--", options.image()});
  if (!std::ranges::all_of(diff_ids, is_there))
    throw Error(cat("the layers of ", quote(options.image()), " are not in the store"));
}

std::string own_host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) throw_errno("find the host's name");
  return std::string(name.data()).substr(0, 64);
}

// As docker does; but where somebody mistyped a name, it is at least a directory of theirs.
void make_missing_source(const runtime::Volume& volume) {
  std::error_code failure;
  if (std::filesystem::exists(volume.source, failure)) return;
  std::filesystem::create_directories(volume.source, failure);
  if (failure) throw SysError(failure.value(), cat("make the volume's directory ", quote(volume.source)));
}

store::ContainerConfig make_config(const store::Tag& tag, const oci::ImageConfig& image,
                                   const RunOptions& options) {
  store::ContainerConfig config;
  config.name = options.name;
  config.image = options.image();
  config.image_id = tag.image_id;
  config.diff_ids = image.diff_ids;
  config.command = merge_command(image, options);
  config.environment = merge_environment(image.env, options.environment, find_environment);
  config.working_directory =
      options.working_directory.empty() ? image.working_dir : options.working_directory;
  config.user = options.user.empty() ? image.user : options.user;
  config.host_name = options.host_name;
  config.network = options.network;
  for (const std::string& port : options.ports) (void)parse_port(port);
  config.ports = options.ports;
  if (const bool is_private = parse_network(options.network) == runtime::Network::private_network;
      !is_private && !options.ports.empty())
    throw Error(cat("ports can't be published with --network=", options.network), Exit::engine);
  for (const std::string& text : options.volumes) {
    const runtime::Volume volume = parse_volume(text);
    config.volumes.push_back({volume.source.native(), volume.target, volume.read_only});
  }
  config.read_only = options.read_only;
  config.terminal = options.terminal;
  config.standard_input = options.interactive;
  config.remove_at_end = options.remove;
  if (!options.stop_signal.empty()) (void)parse_signal_option(options.stop_signal);
  config.stop_signal = options.stop_signal.empty() ? image.stop_signal : options.stop_signal;
  return config;
}

}  // namespace

store::Container create(const store::Store& store, const RunOptions& options, const userns::IdMap& map) {
  // Held until the container's own record keeps image and layers from being collected as garbage.
  // Not a lease: nothing is left half-made that would need one, and it costs a tenth of a start.
  const Fd gc_lock = store::share_gc_lock(store);
  const store::Tag tag = resolve_image(store, options);
  const oci::ImageConfig image = store::read_config(store, tag.image_id);
  store::ContainerConfig config = make_config(tag, image, options);
  config.map = map.kind;
  unpack_layers(store, options, map.kind, image.diff_ids);
  return store::create_container(store, std::move(config));
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
  for (const store::VolumeConfig& volume : config.volumes) {
    spec.volumes.push_back({volume.source, volume.target, volume.read_only});
    make_missing_source(spec.volumes.back());
  }
  spec.terminal = config.terminal;
  spec.standard_input = config.standard_input;
  return spec;
}

}  // namespace husk::container
