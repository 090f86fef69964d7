#include "libcore/registry/token.hpp"

#include "libcore/base/error.hpp"
#include "libcore/oci/json.hpp"
#include "libcore/registry/address.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace husk::registry {
namespace {

constexpr std::int64_t shortest = 60;  // seconds, as docker has it
constexpr std::int64_t longest = 86400;

/// The part of a host name under which one owner has all names, as far as that can be told without the public
/// suffix list: two labels, three where the second is short ("example.co.uk").
std::string_view site_of(std::string_view host) {
  std::size_t labels = 0;
  std::size_t second = 0;
  for (std::size_t at = host.size(); at-- > 0;) {
    if (host[at] != '.') continue;
    ++labels;
    if (labels == 1) second = at;
    if (labels == 2 && second - at - 1 > 3) return host.substr(at + 1);
    if (labels == 3) return host.substr(at + 1);
  }
  return labels == 2 && second <= 3 ? std::string_view{} : host;
}

/// Names that many owners share one site below.
bool is_shared_site(std::string_view site) {
  constexpr std::array<std::string_view, 10> shared = {
      "amazonaws.com", "azurecr.io",     "azure.com", "cloudfront.net", "fly.dev",
      "github.io",     "googleapis.com", "ngrok.io",  "herokuapp.com",  "windows.net"};
  return std::ranges::find(shared, site) != shared.end();
}

bool same_site(std::string_view registry, std::string_view realm) {
  if (registry == realm) return true;
  const auto is_address = [](std::string_view host) {
    return host.starts_with('[') || host.find_first_not_of("0123456789.") == std::string_view::npos;
  };
  if (is_address(registry) || is_address(realm)) return false;
  const std::string_view site = site_of(registry);
  return site.find('.') != std::string_view::npos && site == site_of(realm) && !is_shared_site(site);
}

bool is_known_pair(std::string_view registry, std::string_view realm) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 2> pairs = {
      {{"registry-1.docker.io", "auth.docker.io"}, {"registry.gitlab.com", "gitlab.com"}}};
  return std::ranges::find(pairs, std::pair(registry, realm)) != pairs.end();
}

}  // namespace

Token parse_token(std::string_view body, Time now) {
  const auto json = oci::parse_json(body, "the token server's reply");
  const oci::JsonObject reply(json, "");
  std::string text = reply.text_or_empty("token");
  if (text.empty()) text = reply.text_or_empty("access_token");
  const bool printable = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
  if (text.empty() || !printable) throw Error("the token server's reply has no token");
  const std::int64_t asked = reply.number_or_zero("expires_in");
  const std::int64_t valid = std::clamp<std::int64_t>(asked, shortest, longest);
  Time issued = parse_rfc3339(reply.text_or_empty("issued_at")).value_or(now);
  issued.seconds += valid;
  return {std::move(text), issued};
}

RealmTrust judge_realm(const Origin& registry, const Url& realm) {
  if (realm.had_userinfo)
    throw Error(cat("token server ", quote(realm.origin.str()), " is named with a user"));
  if (realm.origin.scheme != "https" && registry.scheme == "https") {
    throw Error(cat("refusing to ask ", quote(realm.origin.str()), " for a token: ", quote(registry.str()),
                    " is https and that is not"));
  }
  if (is_private_host(realm.origin.host) && !is_private_host(registry.host) &&
      registry.host != realm.origin.host) {
    throw Error(cat("refusing to ask ", quote(realm.origin.str()), " for a token of ", quote(registry.str()),
                    ": it has a private address"));
  }
  const bool own =
      same_site(registry.host, realm.origin.host) || is_known_pair(registry.host, realm.origin.host);
  return own ? RealmTrust::credentials : RealmTrust::anonymous;
}

std::string token_url(const Url& realm, std::string_view service, const std::vector<std::string>& scopes) {
  std::string url = realm.text;
  char separator = url.find('?') == std::string::npos ? '?' : '&';
  const auto add = [&](std::string_view name, std::string_view value) {
    url += cat(std::string(1, separator), name, "=", encode_query(value));
    separator = '&';
  };
  if (!service.empty()) add("service", service);
  for (const std::string& scope : scopes) add("scope", scope);
  return url;
}

}  // namespace husk::registry
