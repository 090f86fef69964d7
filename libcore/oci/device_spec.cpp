#include "libcore/oci/device_spec.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/oci/json.hpp"

#include <algorithm>

namespace husk::oci {
namespace {

constexpr std::size_t max_vendor = 253, max_class = 63;

// Letters and digits at both ends, and PUNCTUATION between.
bool is_word(std::string_view text, std::string_view punctuation) {
  const auto allowed = [&](char c) {
    return is_alphanumeric(c) || punctuation.find(c) != std::string_view::npos;
  };
  return !text.empty() && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
         std::ranges::all_of(text, allowed);
}

// Like one, and it begins with a letter.
bool begins_with_letter(std::string_view text) {
  return is_word(text, "-_.") && is_letter(text.front());
}

bool is_kind(std::string_view kind) {
  const auto slash = kind.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view vendor = kind.substr(0, slash), name = kind.substr(slash + 1);
  return vendor.size() <= max_vendor && name.size() <= max_class && begins_with_letter(vendor) &&
         begins_with_letter(name);
}

bool is_name(std::string_view name) { return is_word(name, "-_.:"); }

void check_path(const JsonObject& object, const char* name, const std::string& path) {
  if (!path.starts_with('/') || path.find('\0') != std::string::npos)
    object.fail(name, cat("is no absolute path: ", quote(path)));
}

DeviceEdits::Node parse_node(const JsonObject& object) {
  DeviceEdits::Node node{object.text("path"), object.text_or_empty("hostPath")};
  if (node.host_path.empty()) node.host_path = node.path;
  check_path(object, "path", node.path);
  check_path(object, "hostPath", node.host_path);
  return node;
}

void add_mount(DeviceEdits& edits, const JsonObject& object) {
  DeviceEdits::Bind bind{object.text_or_empty("hostPath"), object.text("containerPath")};
  const std::string type = object.text_or_empty("type");
  if (!type.empty() && type != "bind" && type != "none") {
    edits.unsupported.push_back(cat("a mount of type ", type));
    return;
  }
  check_path(object, "hostPath", bind.host_path);
  check_path(object, "containerPath", bind.container_path);
  const auto options = object.texts("options");
  bind.read_only = std::ranges::find(options, "ro") != options.end();
  edits.binds.push_back(std::move(bind));
}

DeviceEdits parse_edits(const JsonObject& object) {
  DeviceEdits edits{.environment = object.texts("env"), .nodes = {}, .binds = {}, .unsupported = {}};
  for (const std::string& each : edits.environment) {
    if (each.find('=') == std::string::npos || each.starts_with('='))
      object.fail("env", cat("has what is not NAME=VALUE: ", quote(each)));
  }
  for (const JsonObject& node : object.objects("deviceNodes")) edits.nodes.push_back(parse_node(node));
  for (const JsonObject& mount : object.objects("mounts")) add_mount(edits, mount);
  for (const char* const name : {"hooks", "additionalGids", "netDevices", "intelRdt"}) {
    const nlohmann::json* const found = object.find(name);
    if (found != nullptr && !found->empty()) edits.unsupported.emplace_back(name);
  }
  return edits;
}

DeviceEdits find_edits(const JsonObject& object) {
  const auto edits = object.find_object("containerEdits");
  return edits ? parse_edits(*edits) : DeviceEdits();
}

}  // namespace

std::optional<DeviceName> parse_device_name(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const std::string_view kind = text.substr(0, equals), name = text.substr(equals + 1);
  if (!is_kind(kind) || !is_name(name)) return std::nullopt;
  return DeviceName{std::string(kind), std::string(name)};
}

void DeviceEdits::add(const DeviceEdits& more) {
  const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  append(environment, more.environment);
  append(nodes, more.nodes);
  append(binds, more.binds);
  append(unsupported, more.unsupported);
}

DeviceSpec parse_device_spec(std::string_view text) {
  const nlohmann::json json = parse_json(text, "the device specification");
  const JsonObject top(json, "");
  const std::string version = top.text("cdiVersion");
  // 0.x are drafts of 1.0, and the minor versions add members only.
  if (!version.starts_with("0.") && !version.starts_with("1."))
    top.fail("cdiVersion", cat("is not known: ", quote(version)));
  DeviceSpec spec{.kind = top.text("kind"), .edits = find_edits(top), .devices = {}};
  if (!is_kind(spec.kind)) top.fail("kind", cat("is not VENDOR/CLASS: ", quote(spec.kind)));
  for (const JsonObject& device : top.objects("devices")) {
    const std::string name = device.text("name");
    if (!is_name(name)) device.fail("name", cat("is not the name of a device: ", quote(name)));
    if (!spec.devices.emplace(name, find_edits(device)).second)
      device.fail("name", cat("is that of another device, too: ", quote(name)));
  }
  if (spec.devices.empty()) top.fail("devices", "has none");
  return spec;
}

}  // namespace husk::oci
