#pragma once

#include "libcore/registry/http.hpp"

#include <functional>
#include <optional>
#include <span>

namespace husk::registry {

/// A file that any web server has, not only a registry: what ADD and a build context name by a URL.
struct WebFile {
  Url url;
  std::vector<Header> headers = {};  // for the origin of URL alone, never for one that it redirects to
  std::function<void()> check = {};  // called every second or more often; what it throws ends the request
};

/// Where a file goes.
struct WebFileSink {
  std::function<void(const Response&)>
      begin;  // before the first byte, again if the connection broke; may throw
  std::function<void(std::span<const std::byte>)> take;
};

/// What the server says of the file without sending it (HEAD). Any status but a redirect.
Response ask_for_web_file(Http& http, const WebFile& file);

/// Gets it. Redirects are followed, not from https to http and not from a public address to a private one.
/// The sink is told nothing of an answer with another status than 200.
Response get_web_file(Http& http, const WebFile& file, const WebFileSink& sink);

}  // namespace husk::registry
