#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Documents of the Container Device Interface: what a vendor says that a container needs for a device (CDI
// specification 1.1, SPEC.md).
namespace husk::oci {

/// "vendor.com/class=name"
struct DeviceName {
  std::string kind;  // "vendor.com/class"
  std::string name;
  std::string str() const { return kind + "=" + name; }
  friend auto operator<=>(const DeviceName&, const DeviceName&) = default;
};
/// Nothing for other text, as a path is.
std::optional<DeviceName> parse_device_name(std::string_view text);

/// What a container gets.
struct DeviceEdits {
  struct Node {
    std::string path;       // in the container
    std::string host_path;  // on the host
  };
  struct Bind {
    std::string host_path, container_path;
    bool read_only = false;
  };
  std::vector<std::string> environment;  // "NAME=VALUE"
  std::vector<Node> nodes;
  std::vector<Bind> binds;
  std::vector<std::string> unsupported;  // names of what else is asked for, as "hooks"

  void add(const DeviceEdits& more);
};

struct DeviceSpec {
  std::string kind;
  DeviceEdits edits;                           // for each of the devices
  std::map<std::string, DeviceEdits> devices;  // by name
};

inline constexpr std::size_t max_device_spec = 4 << 20;  // bytes

/// Throws Error for a document that is not as the specification says. TEXT is JSON.
DeviceSpec parse_device_spec(std::string_view text);

}  // namespace husk::oci
