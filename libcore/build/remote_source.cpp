#include "libcore/build/remote_source.hpp"

#include "libcore/base/error.hpp"
#include "libcore/registry/url.hpp"

namespace husk::build {

bool is_web_address(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

std::optional<RemoteSource> parse_remote_source(std::string_view text) {
  if (auto git = parse_git_reference(text); git && !git->like_a_path) {
    check_git_reference(*git);
    return RemoteSource{std::string(text), std::move(git)};
  }
  if (!is_web_address(text)) return std::nullopt;
  const auto url = registry::parse_url(std::string(text));
  if (!url) throw Error(cat(quote(text), " is no URL"));
  if (url->had_userinfo) {
    Error error(cat("the URL of ", url->origin.str(), " has a user name or a password in it"));
    error.set_hint(cat("give them with --secret id=HTTP_AUTH_HEADER_", url->origin.host, ",…"));
    throw error;
  }
  return RemoteSource{std::string(text)};
}

std::string uri_of(const RemoteSource& source) {
  if (!source.git) return without_credentials(source.url);
  return without_credentials(source.git->remote) + (source.git->ref.empty() ? "" : "#" + source.git->ref);
}

std::string file_name_of(std::string_view url) {
  const auto slashes = url.find("://");
  std::string_view path = slashes == std::string_view::npos ? url : url.substr(slashes + 3);
  path = path.substr(0, path.find_first_of("?#"));
  if (path.find('/') == std::string_view::npos) return {};
  // As Go's path.Base() of a URL's path sees it.
  std::string decoded = decode_percent(path.substr(path.find('/')));
  while (decoded.ends_with('/')) decoded.pop_back();
  std::string name = decoded.substr(decoded.rfind('/') + 1);
  const bool usable = name != "." && name != ".." && name.find('\0') == std::string::npos;
  return usable ? name : std::string();
}

}  // namespace husk::build
