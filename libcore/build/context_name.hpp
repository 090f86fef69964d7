#pragma once

#include "libcore/build/remote_source.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace husk::build {

/// What the last argument of husk-build, or --build-context, names.
struct ContextName {
  enum class Kind : std::uint8_t { directory, standard_input, remote, image, layout };
  Kind kind = Kind::directory;
  std::string text;                         // a path, the name of an image, DIRECTORY[:TAG]
  std::optional<RemoteSource> remote = {};  // a repository, an archive or a Dockerfile
};

/// "-", a URL, a path. Throws Error with exit usage.
ContextName parse_context_name(const std::string& text);
/// A URL, a path, "docker-image://NAME", "oci-layout://DIRECTORY[:TAG]".
ContextName parse_named_context(const std::string& text);

/// What --build-context gives names to, by context_key().
using NamedContexts = std::map<std::string, ContextName, std::less<>>;

/// NAME as it is looked up there: in lower case, without "docker.io/library/" and ":latest".
std::string context_key(std::string_view name);

/// Null if NAME is none of them.
const ContextName* find_context(const NamedContexts& contexts, std::string_view name);

/// What a base image or COPY source is called that such a context is: the image's name, or
/// "oci-layout://DIRECTORY[:TAG]". Nothing for a directory.
std::optional<std::string> image_name_of(const ContextName& context);

}  // namespace husk::build
