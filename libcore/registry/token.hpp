#pragma once

#include "libcore/base/time.hpp"
#include "libcore/registry/header_text.hpp"
#include "libcore/registry/url.hpp"

#include <string>
#include <string_view>
#include <vector>

// distribution-spec's predecessor, docker's token authentication: a registry names a server (the realm) that
// gives tokens.
namespace husk::registry {

struct Token {
  std::string text;
  Time expires;
};
/// At least a minute long valid, whatever the server says. Throws on what is no token.
Token parse_token(std::string_view body, Time now);

/// Who may be told the credentials of a registry.
enum class RealmTrust : std::uint8_t {
  credentials,  // the registry itself, its own site, or one that is known to belong to it
  anonymous,    // anybody: may be asked for a token, but gets no credentials
};

/// Decides about the REALM that REGISTRY named. Throws Error if it must not even be asked: not https though
/// the registry is; a user or password in it.
RealmTrust judge_realm(const Origin& registry, const Url& realm);

/// The URL to ask for a token for SCOPES.
std::string token_url(const Url& realm, std::string_view service, const std::vector<std::string>& scopes);

}  // namespace husk::registry
