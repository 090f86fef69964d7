#include "libcore/runtime/devices.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/oci/yaml.hpp"

#include <fcntl.h>
#include <algorithm>

namespace husk::runtime {
namespace {

namespace fs = std::filesystem;

bool is_yaml(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

std::vector<fs::path> list_specs(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code ignored;  // most machines have no such directory
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    const fs::path& path = entry.path();
    if (path.extension() == ".json" || is_yaml(path)) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

oci::DeviceSpec read_spec(const fs::path& path) {
  return in_context([&] { return cat(quote(path)); },
                    [&] {
                      const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
                      if (!file) throw_errno("open it");
                      const std::string text = read_all(file.get(), oci::max_device_spec, path.native());
                      return oci::parse_device_spec(is_yaml(path) ? oci::yaml_to_json(text) : text);
                    });
}

struct Found {
  fs::path file;
  oci::DeviceEdits edits;
};

// What one directory says of the device. Files that can't be read are noted.
std::optional<Found> find_in(const fs::path& directory, const oci::DeviceName& name,
                             std::optional<Error>& unread) {
  std::optional<Found> found;
  for (const fs::path& path : list_specs(directory)) {
    try {
      oci::DeviceSpec spec = read_spec(path);
      const auto device = spec.devices.find(name.name);
      if (spec.kind != name.kind || device == spec.devices.end()) continue;
      if (found) {
        throw Error(
            cat("the device ", quote(name.str()), " is in both ", quote(found->file), " and ", quote(path)),
            Exit::engine);
      }
      found = Found{path, spec.edits};
      found->edits.add(device->second);
    } catch (const Error& error) {
      if (error.exit() == Exit::engine) throw;
      if (!unread) unread = error;
    }
  }
  return found;
}

std::string join(const std::vector<fs::path>& paths) {
  std::string out;
  for (const fs::path& path : paths) out += cat(out.empty() ? "" : ", ", escape(path.native()));
  return out;
}

void check_supported(const oci::DeviceName& name, const Found& found) {
  if (found.edits.unsupported.empty()) return;
  Error error(cat("the device ", quote(name.str()), " needs ", escape(found.edits.unsupported.front()),
                  ", which husk does not do: ", quote(found.file)),
              Exit::engine);
  if (found.edits.unsupported.front() == "hooks")
    error.set_hint("nvidia-ctk cdi generate --disable-hook=all writes a specification without them");
  throw error;
}

std::optional<oci::DeviceEdits> search(const oci::DeviceName& name, const std::vector<fs::path>& directories,
                                       std::optional<Error>& unread) {
  for (auto directory = directories.rbegin(); directory != directories.rend(); ++directory) {
    if (auto found = find_in(*directory, name, unread)) {
      check_supported(name, *found);
      return std::move(found->edits);
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<fs::path> device_directories() { return {"/etc/cdi", "/var/run/cdi", xdg_config_home() / "cdi"}; }

std::optional<oci::DeviceEdits> find_device(const oci::DeviceName& name,
                                            const std::vector<fs::path>& directories) {
  std::optional<Error> unread;
  return search(name, directories, unread);
}

oci::DeviceEdits require_device(const oci::DeviceName& name, const std::vector<fs::path>& directories) {
  std::optional<Error> unread;
  if (auto found = search(name, directories, unread)) return std::move(*found);
  Error error(cat("no device ", quote(name.str()), unread ? cat(": ", unread->what()) : ""), Exit::engine);
  error.set_hint(cat("what the device is says a file NAME.json or NAME.yaml in ", join(directories)));
  throw error;
}

void apply(Spec& spec, const oci::DeviceEdits& edits) {
  for (const std::string& variable : edits.environment) {
    const std::string name = variable.substr(0, variable.find('=') + 1);
    std::erase_if(spec.environment, [&](const std::string& old) { return old.starts_with(name); });
    spec.environment.push_back(variable);
  }
  for (const auto& [path, host_path] : edits.nodes)
    spec.mounts.push_back({.target = path, .what = DeviceMount{host_path}});
  for (const auto& [host_path, container_path, read_only] : edits.binds)
    spec.volumes.push_back({.source = host_path,
                            .target = container_path,
                            .read_only = read_only ? ReadOnly::all : ReadOnly::no});
}

}  // namespace husk::runtime
