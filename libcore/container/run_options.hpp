#pragma once

#include "libcore/container/key_value_file.hpp"
#include "libcore/oci/image_config.hpp"
#include "libcore/runtime/container.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace husk::container {

/// What the user of husk-run or husk-create asked for, as typed.
struct RunOptions {
  std::vector<std::string> words;  // the image, then the command
  std::optional<std::string> entrypoint;
  std::vector<std::string> environment;  // "NAME=VALUE", or "NAME": the caller's value
  std::vector<std::string> environment_files;
  std::vector<std::string> labels;  // "NAME[=VALUE]"
  std::vector<std::string> label_files;
  std::string id_file;  // gets the id of the new container
  std::string working_directory;
  std::string user;
  std::string host_name;
  std::string name;
  std::vector<std::string> mounts, volumes, memory_mounts;  // see mount_option.hpp
  std::vector<std::string> ports;                           // see port_option.hpp
  std::vector<std::string> exposed_ports;                   // "80[-90][/udp]"
  bool publish_all = false;
  std::vector<std::string> devices;  // see device_option.hpp
  std::vector<std::string> name_servers, search_domains, resolver_options;
  std::vector<std::string> hosts;  // "NAME:ADDRESS"
  std::vector<std::string> capabilities_to_add, capabilities_to_drop;
  std::vector<std::string> security_options, groups, limits, settings;
  std::map<std::string, std::string> resources;  // by their options; see resource_option.hpp
  std::string shm_size;
  std::optional<int> oom_score_adjustment, stop_timeout;
  bool privileged = false;
  bool init = false;
  std::string network = "private";
  std::string userns = "auto";
  std::string pull = "missing";
  std::string stop_signal;
  bool read_only = false;
  bool remove = false;
  bool interactive = false;
  bool terminal = false;

  const std::string& image() const { return words.front(); }
  std::span<const std::string> command() const { return std::span(words).subspan(1); }
};

runtime::Network parse_network(std::string_view text);

/// As a container's configuration has it: "[ADDR:]HOST:CTR[/tcp|/udp]"; an IPv6 address stands in brackets.
runtime::PublishedPort parse_port(std::string_view text);
/// "80/tcp": the container's.
std::string container_port(const runtime::PublishedPort& port);
/// "127.0.0.1:3000", "[::1]:3000": the host's.
std::string host_place(const runtime::PublishedPort& port);
/// "127.0.0.1:3000->80/tcp", as `husk ps` shows it.
std::string print_port(const runtime::PublishedPort& port);

/// The command that runs: Entrypoint and Cmd by docker's rules. --entrypoint drops the image's Cmd, too.
/// Throws Error if nothing is left.
std::vector<std::string> merge_command(const oci::ImageConfig& image, const RunOptions& options);

/// How many words of that command are the entrypoint.
std::size_t count_entrypoint(const oci::ImageConfig& image, const RunOptions& options);

/// What --env-file and --env ask for together: the lines of FILES, then ENTRIES.
std::vector<std::string> collect_environment(const std::vector<std::string>& files,
                                             const std::vector<std::string>& entries);

/// The image's labels under those of files, and these under those of --label. Throws Error.
std::map<std::string, std::string> merge_labels(const std::map<std::string, std::string>& image,
                                                const RunOptions& options);

/// The image's Env under what the user gave. LOOK_UP finds the caller's value for a user's "NAME"; nothing of
/// the image is ever looked up, and what is no NAME=VALUE there is left out (CVE-2026-57231).
std::vector<std::string> merge_environment(const std::vector<std::string>& image,
                                           const std::vector<std::string>& user, const LookUp& look_up);

}  // namespace husk::container
