#include "libcore/build/run_options.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/quantity.hpp"
#include "libcore/dockerfile/values.hpp"
#include "libcore/oci/device_spec.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

namespace husk::build {
namespace {

bool is_device_name(std::string_view text) {
  return text.starts_with("/dev/") || oci::parse_device_name(text);
}

bool is_address(const std::string& text) {
  in6_addr address{};  // room for either
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

}  // namespace

runtime::HostEntry parse_host_entry(std::string_view text) {
  const auto separator = text.find_first_of("=:");
  runtime::HostEntry entry{.name = std::string(text.substr(0, separator)), .address = {}};
  if (separator != std::string_view::npos) entry.address = text.substr(separator + 1);
  std::string& address = entry.address;
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  const auto fail = [&](std::string_view why, std::string_view hint) {
    Error error(cat("--add-host ", quote(text), ": ", why), Exit::usage);
    error.set_hint(std::string(hint));
    throw error;
  };
  if (entry.name.empty() || entry.name.find_first_of(" \t\r\n#\v\f") != std::string::npos)
    fail("no host name", "it is NAME:ADDRESS");
  if (address == "host-gateway")
    fail("a step can't reach the host by its network",
         "with --network=host it can: --add-host NAME:127.0.0.1");
  if (!is_address(address)) fail(cat(quote(address), " is no IP address"), "it is NAME:ADDRESS");
  return entry;
}

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

std::uint64_t parse_shm_size(std::string_view text) {
  const auto size = parse_size(text);
  if (!size || *size == 0)
    throw Error(cat("--shm-size ", quote(text), " is no size: for instance 64m or 1g"), Exit::usage);
  return *size;
}

}  // namespace husk::build
