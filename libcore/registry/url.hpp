#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace husk::registry {

/// Whom credentials belong to: they are sent to this scheme, host and port and to nobody else. All lower
/// case.
struct Origin {
  std::string scheme;
  std::string host;
  std::string port;

  /// "https://registry.example.com", the port only where it is not the scheme's own.
  std::string str() const;
  friend auto operator<=>(const Origin&, const Origin&) = default;
};

struct Url {
  std::string text;  // absolute, http or https, without user, password and fragment
  Origin origin;
  bool had_userinfo = false;
};

/// Nothing for text that is no http or https URL.
std::optional<Url> parse_url(const std::string& text);

/// LOCATION as a server that was asked for BASE means it (RFC 3986, section 5). Nothing if it makes no http
/// URL.
std::optional<Url> resolve_url(const Url& base, const std::string& location);

/// TEXT as one value in a query: everything but letters, digits and "-._~" as %XX.
std::string encode_query(std::string_view text);

/// "127.0.0.1", "[::1]", "localhost", 10.0.0.0/8 and the other addresses that only this machine or its
/// network can reach. Looks at the name alone.
bool is_private_host(std::string_view host);

}  // namespace husk::registry
