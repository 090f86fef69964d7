#pragma once

#include "libcore/build/git_reference.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace husk::build {

/// What ADD, or a build context, takes from elsewhere: a repository, or else a file of a web server.
struct RemoteSource {
  std::string url;  // as it was written
  std::optional<GitReference> git = {};
};

/// Whether TEXT is the address of a web server.
bool is_web_address(std::string_view text);

/// Nothing if TEXT is a path. Throws Error for what is no URL, and for user name and password in one of a
/// file: they would stand in the image's history.
std::optional<RemoteSource> parse_remote_source(std::string_view text);

/// What provenance calls it: the URL without user name and password, of a repository "REMOTE#REF".
std::string uri_of(const RemoteSource& source);

/// The last component of a URL's path, decoded; "" if there is none, or it can't be the name of a file.
std::string file_name_of(std::string_view url);

}  // namespace husk::build
