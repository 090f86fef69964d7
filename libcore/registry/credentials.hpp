#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace husk::registry {

/// What somebody proves to a registry who they are with. Never part of a message, an argument vector or a
/// file.
struct Credentials {
  std::string user;
  std::string password;
  std::string identity_token;  // OAuth 2 refresh token; user and password are not used then
  friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// "USER:PASSWORD", as --creds has it. Throws Error with exit usage.
Credentials parse_credentials(std::string_view text);

/// Asks the program docker-credential-NAME for the credentials of a server; nothing if it has none.
using AskHelper =
    std::function<std::optional<Credentials>(const std::string& name, const std::string& server)>;
std::optional<Credentials> ask_helper(const std::string& name, const std::string& server);

/// The files that may hold credentials, in the order in which they are looked at: --authfile or
/// $REGISTRY_AUTH_FILE alone; else auth.json in $XDG_RUNTIME_DIR/containers (or /run/containers/UID) and
/// ~/.config/containers, docker's config.json.
std::vector<std::filesystem::path> credential_files(const std::optional<std::filesystem::path>& authfile);

/// For "docker.io/library/busybox": itself, "docker.io/library", "docker.io"; see containers-auth.json(5).
std::vector<std::string> credential_keys(std::string_view name);

/// "https://host/v1/" is "host"; index.docker.io, which is what docker login writes, is "docker.io".
std::string normalize_credential_key(std::string_view key);

/// The credentials that the text of one file has for NAME, "registry" or "registry/repository".
std::optional<Credentials> find_credentials_in(std::string_view json, std::string_view name,
                                               const AskHelper& ask);

/// The first that the files have. A file that is not there is passed over; one that can't be read is an
/// error.
std::optional<Credentials> find_credentials(const std::vector<std::filesystem::path>& files,
                                            std::string_view name, const AskHelper& ask);

}  // namespace husk::registry
