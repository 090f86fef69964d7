#include "libcore/build/auth_secrets.hpp"

#include "libcore/base/error.hpp"
#include "libcore/registry/base64.hpp"

#include <algorithm>
#include <optional>

namespace husk::build {
namespace {

std::optional<std::string> find_value(const Options& options, const std::string& id) {
  const auto& secrets = options.run.secrets;
  const auto found =
      std::find_if(secrets.begin(), secrets.end(), [&](const SecretSource& each) { return each.id == id; });
  if (found == secrets.end()) return std::nullopt;
  std::string value = read_secret(open_secret(*found), id);
  // A file ends with a line end.
  while (value.ends_with('\n') || value.ends_with('\r')) value.pop_back();
  const bool one_line = std::none_of(
      value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (!one_line || value.empty())
    throw Error(cat("secret ", quote(id), " is not one line of text, so it can't be in a header"));
  return value;
}

// The token stands for the password of the user that GitHub and GitLab take for it.
std::string basic(const std::string& token) {
  return cat("Basic ", registry::encode_base64(cat("x-access-token:", token)));
}

}  // namespace

std::string web_authorization(const Options& options, const registry::Origin& origin) {
  if (auto header = find_value(options, cat("HTTP_AUTH_HEADER_", origin.host))) return *header;
  const auto token = find_value(options, cat("HTTP_AUTH_TOKEN_", origin.host));
  return token ? cat("Bearer ", *token) : std::string();
}

std::string git_authorization(const Options& options, const registry::Origin& origin) {
  const std::string url = origin.str();
  const std::string authority = url.substr(url.find("://") + 3);
  for (const std::string& suffix : {cat(".", authority), cat(".", origin.host), std::string()}) {
    if (const auto token = find_value(options, cat("GIT_AUTH_TOKEN", suffix))) return basic(*token);
    if (auto header = find_value(options, cat("GIT_AUTH_HEADER", suffix))) return *header;
  }
  return {};
}

}  // namespace husk::build
