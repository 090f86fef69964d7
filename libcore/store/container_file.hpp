#pragma once

#include "libcore/store/containers.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace husk::store {

constexpr std::size_t container_id_length = 64;              // hexadecimal digits
constexpr std::size_t max_container_config = 16 << 20;  // bytes: a command line and its environment

/// config.json and state.json of a container as text. The parsers throw Error for what they did not print.
std::string print_container_config(const ContainerConfig& config);
ContainerConfig parse_container_config(const std::string& text);
/// ContainerConfig::created alone, without a look at what follows it.
std::string read_creation_time(const std::string& text);
std::string print_container_state(const ContainerState& state);
ContainerState parse_container_state(const std::string& text);

/// "running": in state.json, and what docker calls it.
std::string_view status_name(Status status);

/// When process PID was started, proc(5), stat, field 22; nothing if there is no such process, or it has
/// ended and nobody has waited for it.
std::optional<std::uint64_t> find_start_time(pid_t pid);

}  // namespace husk::store
