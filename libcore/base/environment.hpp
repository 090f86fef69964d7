#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace husk {

/// The value of an environment variable that is set and not empty.
std::optional<std::string> find_environment(const char* name);

/// $XDG_DATA_HOME or ~/.local/share; $XDG_CONFIG_HOME or ~/.config. A relative value is ignored, as the XDG
/// base directory specification wants. Fails when there is no HOME.
std::filesystem::path xdg_data_home();
std::filesystem::path xdg_config_home();

/// A directory of our own with mode 0700 for what lives as long as the session: $XDG_RUNTIME_DIR, else
/// /run/user/UID, else /tmp/husk-UID, made if need be. Refused if it belongs to somebody else or others can
/// enter it.
std::filesystem::path runtime_directory();

}  // namespace husk
