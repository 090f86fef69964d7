#include "libcore/registry/url.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/text.hpp"
#include "libcore/registry/address.hpp"
#include "libcore/registry/curl_library.hpp"

#include <algorithm>
#include <cctype>
#include <memory>

// The half of the door to libcurl that reads URLs: what this file understands is what curl connects to.
namespace husk::registry {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const noexcept { curl().url_cleanup(url); }
};
using CurlUrl = std::unique_ptr<CURLU, FreeUrl>;

std::optional<std::string> part(CURLU* url, CURLUPart what, unsigned flags = 0) {
  char* text = nullptr;
  if (curl().url_get(url, what, &text, flags) != CURLUE_OK) return std::nullopt;
  std::string value = text;
  curl().free(text);
  return value;
}

std::optional<Url> finish(CURLU* url) {
  const bool userinfo = part(url, CURLUPART_USER).has_value() || part(url, CURLUPART_PASSWORD).has_value();
  for (const CURLUPart each : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_FRAGMENT}) {
    (void)curl().url_set(url, each, nullptr, 0);
  }
  const auto scheme = part(url, CURLUPART_SCHEME);
  const auto host = part(url, CURLUPART_HOST);
  const auto port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  const auto text = part(url, CURLUPART_URL);
  if (!scheme || !host || host->empty() || !port || !text) return std::nullopt;
  const std::string kind = to_lower(*scheme);
  if (kind != "http" && kind != "https") return std::nullopt;
  return Url{*text, {kind, to_lower(*host), *port}, userinfo};
}

}  // namespace

std::string Origin::str() const {
  const bool usual = (scheme == "https" && port == "443") || (scheme == "http" && port == "80");
  return usual ? cat(scheme, "://", host) : cat(scheme, "://", host, ":", port);
}

std::optional<Url> parse_url(const std::string& text) {
  const CurlUrl url(curl().url());
  if (curl().url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return std::nullopt;
  return finish(url.get());
}

std::optional<Url> resolve_url(const Url& base, const std::string& location) {
  const CurlUrl url(curl().url());
  if (curl().url_set(url.get(), CURLUPART_URL, base.text.c_str(), 0) != CURLUE_OK) return std::nullopt;
  if (curl().url_set(url.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK) return std::nullopt;
  return finish(url.get());
}

std::string encode_query(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

bool is_private_host(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost") || host == "localhost.") return true;
  return is_private_address(host);
}

}  // namespace husk::registry
