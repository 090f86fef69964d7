#include "libcore/registry/credentials.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/base/run_program.hpp"
#include "libcore/oci/json.hpp"
#include "libcore/registry/base64.hpp"
#include "libcore/registry/config_file.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

namespace husk::registry {
namespace {

bool is_helper_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
  });
}

std::optional<Credentials> read_entry(const oci::JsonObject& entry) {
  Credentials found;
  found.identity_token = entry.text_or_empty("identitytoken");
  const std::string encoded = entry.text_or_empty("auth");
  if (!encoded.empty()) {
    const auto text = decode_base64(encoded);
    const auto colon = text ? text->find(':') : std::string::npos;
    if (colon == std::string::npos) return std::nullopt;
    found.user = text->substr(0, colon);
    found.password = text->substr(colon + 1);
    // docker pads what it encodes with NUL.
    while (!found.password.empty() && found.password.back() == '\0') found.password.pop_back();
  } else {
    found.user = entry.text_or_empty("username");
    found.password = entry.text_or_empty("password");
  }
  if (found.user.empty() && found.identity_token.empty()) return std::nullopt;
  return found;
}

std::optional<Credentials> find_entry(const nlohmann::json& auths, std::string_view name) {
  const auto keys = credential_keys(name);
  const auto read = [&](const nlohmann::json& value) { return read_entry({value, "auths"}); };
  for (const std::string& key : keys) {
    if (const auto exact = auths.find(key); exact != auths.end()) return read(*exact);
  }
  // As docker login writes them: with a scheme and a path. They hold for the whole registry.
  const std::string registry = normalize_credential_key(keys.back());
  for (const auto& [key, value] : auths.items()) {
    if (normalize_credential_key(key) == registry &&
        (key.find('/') == std::string::npos || key.find("://") != std::string::npos)) {
      return read(value);
    }
  }
  return std::nullopt;
}

}  // namespace

Credentials parse_credentials(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    throw Error("credentials are not of the form USER:PASSWORD", Exit::usage);
  }
  return {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1)), {}};
}

std::optional<Credentials> ask_helper(const std::string& name, const std::string& server) {
  if (!is_helper_name(name)) throw Error(cat("credential helper ", quote(name), " has no usable name"));
  const auto result = run_program({cat("docker-credential-", name), {"get"}, server});
  if (result.status.code != 0) {
    const std::string said = result.output + result.errors;
    if (said.find("credentials not found") != std::string::npos) return std::nullopt;
    throw Error(cat("credential helper ", quote(name), " failed for ", quote(server)));
  }
  const auto json = oci::parse_json(result.output, "the credential helper's reply");
  const oci::JsonObject reply(json, "");
  Credentials found{reply.text("Username"), reply.text("Secret"), {}};
  if (found.user == "<token>") found = {{}, {}, found.password};
  return found;
}

std::vector<std::filesystem::path> credential_files(const std::optional<std::filesystem::path>& authfile) {
  if (authfile) return {*authfile};
  if (const auto named = find_environment("REGISTRY_AUTH_FILE")) return {*named};
  std::vector<std::filesystem::path> files;
  const auto runtime = find_environment("XDG_RUNTIME_DIR");
  files.emplace_back(runtime ? cat(*runtime, "/containers/auth.json")
                             : cat("/run/containers/", ::getuid(), "/auth.json"));
  files.push_back(xdg_config_home() / "containers/auth.json");
  const auto docker = find_environment("DOCKER_CONFIG");
  const auto home = find_environment("HOME");
  if (docker) {
    files.emplace_back(*docker + "/config.json");
  } else if (home) {
    files.emplace_back(*home + "/.docker/config.json");
  }
  return files;
}

std::vector<std::string> credential_keys(std::string_view name) {
  std::vector<std::string> keys;
  for (;;) {
    keys.emplace_back(name);
    const auto slash = name.rfind('/');
    if (slash == std::string_view::npos) return keys;
    name = name.substr(0, slash);
  }
}

std::string normalize_credential_key(std::string_view key) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (key.starts_with(scheme)) key.remove_prefix(scheme.size());
  }
  const std::string_view host = key.substr(0, key.find('/'));
  if (host == "index.docker.io" || host == "registry-1.docker.io") return "docker.io";
  return std::string(host);
}

std::optional<Credentials> find_credentials_in(std::string_view text, std::string_view name,
                                               const AskHelper& ask) {
  const auto json = oci::parse_json(text, "the file");
  const oci::JsonObject file(json, "");
  const std::string registry(name.substr(0, name.find('/')));
  const std::string server = registry == "docker.io" ? "https://index.docker.io/v1/" : registry;
  const auto helpers = file.text_map("credHelpers");
  for (const std::string& key : {registry, server}) {
    if (const auto helper = helpers.find(key); helper != helpers.end()) {
      if (auto found = ask(helper->second, server)) return found;
    }
  }
  if (const auto auths = json.find("auths"); auths != json.end() && auths->is_object()) {
    if (auto found = find_entry(*auths, name)) return found;
  }
  const std::string store = file.text_or_empty("credsStore");
  if (!store.empty()) return ask(store, server);
  return std::nullopt;
}

std::optional<Credentials> find_credentials(const std::vector<std::filesystem::path>& files,
                                            std::string_view name, const AskHelper& ask) {
  for (const auto& path : files) {
    const auto text = read_config_file(path);
    if (!text) continue;
    auto found = in_context([&] { return cat("credentials in ", quote(path)); },
                            [&] { return find_credentials_in(*text, name, ask); });
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace husk::registry
