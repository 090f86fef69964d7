#pragma once

#include "libcore/build/options.hpp"
#include "libcore/registry/url.hpp"

#include <string>

namespace husk::build {

/// The value of the header Authorization for a file at ORIGIN: the secret HTTP_AUTH_HEADER_<host>, or
/// "Bearer" and HTTP_AUTH_TOKEN_<host>, as BuildKit takes them from --secret. "" if there is neither. Throws
/// Error for a secret that can't be a header.
std::string web_authorization(const Options& options, const registry::Origin& origin);

/// The same for a git repository: GIT_AUTH_TOKEN.<host>, GIT_AUTH_HEADER.<host>, and without the host.
std::string git_authorization(const Options& options, const registry::Origin& origin);

}  // namespace husk::build
