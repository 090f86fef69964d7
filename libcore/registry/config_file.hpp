#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace husk::registry {

/// The text of a configuration file of at most 1 MiB; nothing if it is not there. Throws Error.
std::optional<std::string> read_config_file(const std::filesystem::path& path);

}  // namespace husk::registry
