#pragma once

#include "libcore/oci/image_config.hpp"
#include "libcore/runtime/container.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace husk::container {

enum class Pull : std::uint8_t { missing, always, never };
Pull parse_pull(std::string_view text);

/// What the user of husk-run or husk-create asked for, as typed.
struct RunOptions {
  std::vector<std::string> words;  // the image, then the command
  std::optional<std::string> entrypoint;
  std::vector<std::string> environment;  // "NAME=VALUE", or "NAME": the caller's value
  std::string working_directory;
  std::string user;
  std::string host_name;
  std::string name;
  std::vector<std::string> volumes;  // "HOST:CTR[:ro]"
  std::vector<std::string> ports;    // "[ADDR:]HOST:CTR[/udp]"
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

/// "[ADDR:]HOST:CTR[/tcp|/udp]"; an IPv6 address stands in brackets.
runtime::PublishedPort parse_port(std::string_view text);
/// "127.0.0.1:3000->80/tcp", as `husk ps` shows it.
std::string print_port(const runtime::PublishedPort& port);

/// "HOST:CTR[:ro|rw]". HOST is made absolute; it need not be there.
runtime::Volume parse_volume(std::string_view text);

/// The command that runs: Entrypoint and Cmd by docker's rules. --entrypoint drops the image's Cmd, too.
/// Throws Error if nothing is left.
std::vector<std::string> merge_command(const oci::ImageConfig& image, const RunOptions& options);

/// The image's Env under what the user gave. LOOK_UP finds the caller's value for a user's "NAME"; nothing of
/// the image is ever looked up, and what is no NAME=VALUE there is left out (CVE-2026-57231).
std::vector<std::string> merge_environment(
    const std::vector<std::string>& image, const std::vector<std::string>& user,
    const std::function<std::optional<std::string>(const char*)>& look_up);

}  // namespace husk::container
