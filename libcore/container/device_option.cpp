#include "libcore/container/device_option.hpp"

#include "libcore/base/error.hpp"
#include "libcore/runtime/devices.hpp"

#include <algorithm>
#include <filesystem>

namespace husk::container {
namespace {

namespace fs = std::filesystem;

// Each of them once.
bool are_rights(std::string_view text) {
  return !text.empty() && text.find_first_not_of("rwm") == std::string_view::npos &&
         std::ranges::all_of(text, [&](char c) { return std::ranges::count(text, c) == 1; });
}

std::vector<std::string> split_at_colons(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ':')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

DeviceOption read_option(std::string_view text) {
  DeviceOption option;
  if (auto name = oci::parse_device_name(text)) {
    option.name = std::move(name);
    return option;
  }
  const std::vector<std::string> parts = split_at_colons(text);
  if (parts.size() > 3 || parts.front().empty()) throw Error(cat("bad format for path: ", escape(text)));
  const bool has_path = parts.size() == 3 || (parts.size() == 2 && !are_rights(parts[1]));
  option.host_path = parts[0];
  option.container_path = parts[has_path ? 1 : 0];
  if (parts.size() == 3 && !are_rights(parts[2])) throw Error(cat("bad mode specified: ", escape(parts[2])));
  if (parts.size() > (has_path ? 2U : 1U)) option.rights = parts.back();
  if (!option.container_path.starts_with('/'))
    throw Error(cat(escape(option.container_path), " is not an absolute path"));
  option.host_path = fs::absolute(option.host_path).string();
  return option;
}

bool is_device(const fs::directory_entry& entry) {
  return entry.is_character_file() || entry.is_block_file();
}

// Of a directory all devices in it, as docker does.
void add_path(const DeviceOption& option, runtime::Spec& spec) {
  const auto add = [&](const fs::path& source, const std::string& target) {
    spec.mounts.push_back({.target = target, .what = runtime::DeviceMount{source}});
  };
  std::error_code failure;
  if (!fs::is_directory(option.host_path, failure)) return add(option.host_path, option.container_path);
  const std::size_t before = spec.mounts.size();
  for (const auto& entry : fs::recursive_directory_iterator(
           option.host_path, fs::directory_options::skip_permission_denied, failure)) {
    if (is_device(entry))
      add(entry.path(),
          cat(option.container_path, "/", entry.path().lexically_relative(option.host_path).native()));
  }
  if (spec.mounts.size() == before)
    throw Error(cat("there is no device in ", quote(option.host_path)), Exit::engine);
}

}  // namespace

DeviceOption parse_device(std::string_view text) {
  try {
    return read_option(text);
  } catch (Error& error) {
    error.add_context(cat("--device ", quote(text)));
    error.set_exit(Exit::engine);
    throw;
  }
}

void check_device(std::string_view text) {
  const DeviceOption option = parse_device(text);
  if (option.name) {
    (void)runtime::require_device(*option.name, runtime::device_directories());
    return;
  }
  if (option.rights.find('r') != std::string::npos && option.rights.find('w') != std::string::npos) return;
  Error error(
      cat("--device ", quote(text), ": the rights to a device can't be limited to ", quote(option.rights)),
      Exit::engine);
  error.set_hint("the container has those that the caller has to its file");
  throw error;
}

void add_devices(const std::vector<std::string>& devices, runtime::Spec& spec) {
  for (const std::string& text : devices) {
    const DeviceOption option = parse_device(text);
    if (option.name)
      runtime::apply(spec, runtime::require_device(*option.name, runtime::device_directories()));
    else
      add_path(option, spec);
  }
}

}  // namespace husk::container
