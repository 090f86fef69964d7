#include "libcore/container/run.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/container/tool_process.hpp"
#include "libcore/store/containers.hpp"
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
    if (auto tag = store::find_image_if_any(store, options.image)) return *tag;
  }
  if (pull == Pull::never) return store::find_image(store, options.image);  // says that there is none
  run_tool("husk-pull", {"--", options.image});
  return store::find_image(store, options.image);
}

// Topmost first. Layers are unpacked once for each kind of id map.
std::vector<std::filesystem::path> find_layers(const store::Store& store, const RunOptions& options,
                                               userns::MapKind map,
                                               const std::vector<oci::Digest>& diff_ids) {
  std::vector<std::filesystem::path> found;
  for (int attempt = 0; attempt < 2; ++attempt) {
    found.clear();
    for (const oci::Digest& diff_id : diff_ids) {
      if (auto layer = store::find_layer(store, map, diff_id)) found.insert(found.begin(), std::move(*layer));
    }
    if (found.size() == diff_ids.size()) return found;
    if (attempt == 0) run_tool("husk-unpack", {"--userns", options.userns, "--", options.image});
  }
  throw Error(cat("the layers of ", quote(options.image), " are not in the store"));
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

runtime::Spec make_spec(const oci::ImageConfig& image, const RunOptions& options, const userns::IdMap& map) {
  runtime::Spec spec;
  spec.map = map;
  spec.read_only = options.read_only;
  spec.arguments = merge_command(image, options);
  spec.environment = merge_environment(image.env, options.environment, find_environment);
  spec.working_directory = options.working_directory.empty() ? image.working_dir : options.working_directory;
  spec.user = options.user.empty() ? image.user : options.user;
  spec.network = parse_network(options.network);
  for (const std::string& port : options.ports) spec.ports.push_back(parse_port(port));
  if (!spec.ports.empty() && spec.network != runtime::Network::private_network) {
    throw Error(cat("ports can't be published with --network=", options.network), Exit::engine);
  }
  for (const std::string& text : options.volumes) {
    spec.volumes.push_back(parse_volume(text));
    make_missing_source(spec.volumes.back());
  }
  spec.terminal = options.terminal;
  spec.standard_input = options.interactive;
  return spec;
}

store::ContainerConfig make_config(const store::Tag& tag, const oci::ImageConfig& image,
                                   const RunOptions& options, const runtime::Spec& spec) {
  store::ContainerConfig config;
  config.name = options.name;
  config.image = options.image;
  config.image_id = tag.image_id;
  config.diff_ids = image.diff_ids;
  config.map = spec.map.kind;
  config.command = spec.arguments;
  for (const runtime::PublishedPort& port : spec.ports) config.ports.push_back(print_port(port));
  return config;
}

// The container's record in the store; with --rm it goes with this object, however the run ends.
class Record {
 public:
  Record(const store::Store& store, store::Container container, bool remove)
      : store_(store), container_(std::move(container)), remove_(remove) {}
  Record(Record&&) = delete;
  ~Record() {
    if (!remove_) return;
    try {
      store::remove_container(store_, container_);
    } catch (const Error& error) {
      store_.warn(cat("remove container ", container_.config().name, ": ", error.what()));
    }
  }
  const store::Container& container() const noexcept { return container_; }
  void set_exited(int code) const {
    if (!remove_) store::set_exited(container_, code);
  }

 private:
  const store::Store& store_;
  store::Container container_;
  bool remove_;
};

ExitStatus run_to_end(const Record& record, const runtime::Spec& spec) {
  try {
    runtime::Container running = runtime::start(spec);
    store::set_running(record.container(), running.pid());
    const ExitStatus status = running.wait();
    record.set_exited(status.code);
    return status;
  } catch (const Error& error) {
    record.set_exited(static_cast<int>(error.exit() == Exit::failure ? Exit::engine : error.exit()));
    throw;
  }
}

}  // namespace

ExitStatus run(const store::Store& store, const RunOptions& options) {
  const userns::IdMap map = userns::choose_map(userns::parse_choice(options.userns));
  // Held until the container's own record keeps image and layers from being collected as garbage.
  std::optional<store::Lease> lease(std::in_place, store);
  const store::Tag tag = resolve_image(store, options);
  const oci::ImageConfig image = store::read_config(store, tag.image_id);
  runtime::Spec spec = make_spec(image, options, map);
  spec.rootfs.lower = find_layers(store, options, map.kind, image.diff_ids);

  store::Container container = store::create_container(*lease, make_config(tag, image, options, spec));
  lease.reset();
  spec.rootfs.upper = container.upper();
  spec.rootfs.work = container.work();
  if (options.remove) spec.rootfs.written_to = runtime::WrittenTo::memory;
  spec.host_name = !options.host_name.empty()               ? options.host_name
                   : spec.network == runtime::Network::host ? own_host_name()
                                                            : container.config().id.substr(0, 12);
  const Record record(store, std::move(container), options.remove);
  return run_to_end(record, spec);
}

}  // namespace husk::container
