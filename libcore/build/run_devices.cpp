#include "libcore/build/run_devices.hpp"

#include "libcore/dockerfile/ignore_file.hpp"
#include "libcore/dockerfile/run_device.hpp"

#include <sys/stat.h>
#include <algorithm>

namespace husk::build {
namespace {

using dockerfile::RunDevice;
using dockerfile::SyntaxError;

bool is_device(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode));
}

std::string path_of(const RunDevice& device, dockerfile::Position at) {
  if (!device.name.starts_with('/')) {
    SyntaxError error(at, cat("CDI devices such as ", quote(device.name), " are not supported"));
    error.set_hint("--device=/dev/NAME names the device itself");
    throw error;
  }
  std::string path = dockerfile::clean_path(device.name);
  if (!path.starts_with("/dev/")) throw SyntaxError(at, cat(quote(device.name), " is not below /dev"));
  return path;
}

}  // namespace

std::vector<std::string> plan_run_devices(const dockerfile::Run& run, const Permissions& allowed) {
  std::vector<std::string> devices;
  for (const dockerfile::Word& word : run.devices) {
    const std::string path = path_of(dockerfile::parse_run_device(word), word.at);
    const bool may = allowed.all_devices || std::ranges::find(allowed.devices, path) != allowed.devices.end();
    if (!may) {
      SyntaxError error(word.at, cat("the device ", quote(path), " has to be allowed"));
      error.set_hint(cat("husk-build --allow device=", escape(path)));
      throw error;
    }
    if (std::ranges::find(devices, path) == devices.end()) devices.push_back(path);
  }
  return devices;
}

void add_devices(runtime::Spec& spec, const std::vector<std::string>& devices) {
  for (const std::string& path : devices) {
    if (is_device(path)) spec.mounts.push_back({.target = path, .what = runtime::DeviceMount{path}});
  }
}

void require_devices(const dockerfile::Run& run) {
  for (const dockerfile::Word& word : run.devices) {
    const RunDevice device = dockerfile::parse_run_device(word);
    if (device.required && !is_device(device.name))
      throw SyntaxError(word.at, cat("the device ", quote(device.name), " is not there"));
  }
}

}  // namespace husk::build
