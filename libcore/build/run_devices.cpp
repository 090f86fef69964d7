#include "libcore/build/run_devices.hpp"

#include "libcore/dockerfile/ignore_file.hpp"
#include "libcore/dockerfile/run_device.hpp"
#include "libcore/runtime/devices.hpp"

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

// A path below /dev, or "vendor.com/class=name".
std::string name_of(const RunDevice& device, dockerfile::Position at) {
  if (const auto name = oci::parse_device_name(device.name)) return name->str();
  if (!device.name.starts_with('/')) {
    SyntaxError error(at, cat(quote(device.name), " is not the name of a device"));
    error.set_hint("it is /dev/NAME, or vendor.com/class=name as the Container Device Interface has it");
    throw error;
  }
  std::string path = dockerfile::clean_path(device.name);
  if (!path.starts_with("/dev/")) throw SyntaxError(at, cat(quote(device.name), " is not below /dev"));
  return path;
}

void require(const std::string& device) {
  if (const auto name = oci::parse_device_name(device)) {
    (void)runtime::require_device(*name, runtime::device_directories());
  } else if (!is_device(device)) {
    throw Error(cat("the device ", quote(device), " is not there"));
  }
}

}  // namespace

std::vector<std::string> plan_run_devices(const dockerfile::Run& run, const Permissions& allowed) {
  std::vector<std::string> devices;
  for (const dockerfile::Word& word : run.devices) {
    const std::string name = name_of(dockerfile::parse_run_device(word), word.at);
    const bool may = allowed.all_devices || std::ranges::find(allowed.devices, name) != allowed.devices.end();
    if (!may) {
      SyntaxError error(word.at, cat("the device ", quote(name), " has to be allowed"));
      error.set_hint(cat("husk-build --allow device=", escape(name)));
      throw error;
    }
    if (std::ranges::find(devices, name) == devices.end()) devices.push_back(name);
  }
  return devices;
}

void add_devices(runtime::Spec& spec, const std::vector<std::string>& devices) {
  for (const std::string& device : devices) {
    if (const auto name = oci::parse_device_name(device)) {
      const auto edits = runtime::find_device(*name, runtime::device_directories());
      if (edits) runtime::apply(spec, *edits);
    } else if (is_device(device)) {
      spec.mounts.push_back({.target = device, .what = runtime::DeviceMount{device}});
    }
  }
}

void require_devices(const dockerfile::Run& run) {
  for (const dockerfile::Word& word : run.devices) {
    const RunDevice device = dockerfile::parse_run_device(word);
    if (!device.required) continue;
    try {
      require(name_of(device, word.at));
    } catch (const SyntaxError&) {
      throw;
    } catch (const Error& error) {
      SyntaxError located(word.at, error.what());
      located.set_hint(error.hint());
      throw located;
    }
  }
}

}  // namespace husk::build
