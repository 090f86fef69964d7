#include "libcore/base/environment.hpp"

#include "libcore/base/error.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <cstdlib>

namespace husk {
namespace {

std::filesystem::path home() {
  const auto value = find_environment("HOME");
  if (!value || !value->starts_with('/')) {
    Error error("no home directory: HOME is not set to an absolute path");
    error.set_hint("set HOME, or HUSK_ROOT to the directory that is to hold the images");
    throw error;
  }
  return *value;
}

std::filesystem::path base_directory(const char* variable, const char* below_home) {
  const auto value = find_environment(variable);
  return value && value->starts_with('/') ? std::filesystem::path(*value) : home() / below_home;
}

bool is_private_directory(const std::filesystem::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() &&
         (status.st_mode & 077) == 0;
}

}  // namespace

std::optional<std::string> find_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::filesystem::path xdg_data_home() { return base_directory("XDG_DATA_HOME", ".local/share"); }
std::filesystem::path xdg_config_home() { return base_directory("XDG_CONFIG_HOME", ".config"); }

std::filesystem::path runtime_directory() {
  if (const auto value = find_environment("XDG_RUNTIME_DIR"); value && is_private_directory(*value))
    return *value;
  std::filesystem::path session = cat("/run/user/", ::geteuid());
  if (is_private_directory(session)) return session;
  std::filesystem::path own = cat("/tmp/husk-", ::geteuid());
  if (::mkdir(own.c_str(), 0700) != 0 && errno != EEXIST) throw_errno("create ", quote(own));
  if (!is_private_directory(own)) {
    Error error(cat(quote(own), " is not a private directory of user ", ::geteuid()));
    error.set_hint("somebody else made it: set XDG_RUNTIME_DIR to a directory of yours with mode 0700");
    throw error;
  }
  return own;
}

}  // namespace husk
