#pragma once

#include "libcore/store/containers.hpp"

#include <optional>
#include <string>

namespace husk::store {

/// config.json and state.json of a container as text. The parsers throw Error for what they did not print.
std::string print_container_config(const ContainerConfig& config);
ContainerConfig parse_container_config(const std::string& text);
std::string print_container_state(const ContainerState& state);
ContainerState parse_container_state(const std::string& text);

/// When process PID was started, proc(5), stat, field 22; nothing if there is no such process, or it has
/// ended and nobody has waited for it.
std::optional<std::uint64_t> find_start_time(pid_t pid);

}  // namespace husk::store
