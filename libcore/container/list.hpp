#pragma once

#include "libcore/base/time.hpp"
#include "libcore/store/containers.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace husk::container {

/// "Up 3 minutes", "Exited (137) 5 seconds ago", "Created": as docker-ps(1) says it.
std::string describe_status(const store::ContainerState& state, Time now);

/// The command in quotes; more than 20 characters are cut unless WHOLE.
enum class Length { short_form, whole };
std::string describe_command(const std::vector<std::string>& command, Length length);

/// Volumes by name and directories of the host by path, "data,/srv"; more than 15 characters of one are cut unless WHOLE.
std::string describe_mounts(const std::vector<store::MountConfig>& mounts, Length length);

std::size_t count_volumes(const std::vector<store::MountConfig>& mounts);

}  // namespace husk::container
