#include "libcore/build/run_options.hpp"

#include "libcore/base/error.hpp"
#include "libcore/oci/device_spec.hpp"

namespace husk::build {
namespace {

bool is_device_name(std::string_view text) {
  return text.starts_with("/dev/") || oci::parse_device_name(text);
}

}  // namespace

void add_permission(Permissions& permissions, std::string_view text) {
  constexpr std::string_view device = "device=";
  if (text == "network.host") {
    permissions.host_network = true;
  } else if (text == "device") {
    permissions.all_devices = true;
  } else if (text.starts_with(device) && is_device_name(text.substr(device.size()))) {
    permissions.devices.emplace_back(text.substr(device.size()));
  } else {
    Error error(cat("--allow ", quote(text), ": ",
                    text == "security.insecure" ? "no step is ever run without its confinement"
                                                : "there is no such permission"),
                Exit::usage);
    error.set_hint("it is network.host, device, device=/dev/NAME or device=vendor.com/class=name");
    throw error;
  }
}

}  // namespace husk::build
