#pragma once

#include "libcore/build/session.hpp"
#include "libcore/runtime/rootfs.hpp"

#include <functional>
#include <optional>
#include <string>

namespace husk::build {

/// Runs BODY as root of the image's user namespace with the file system of the image mounted, and that of
/// SOURCE, read-only, beside it if there is one: two descriptors. A child process; see runtime::in_rootfs().
std::string in_roots(const Session& session, const runtime::Rootfs& image,
                     const std::optional<runtime::Rootfs>& source,
                     const std::function<std::string(int image, int source)>& body);

/// The same with the source alone.
std::string in_source(const Session& session, const runtime::Rootfs& source,
                      const std::function<std::string(int source)>& body);

}  // namespace husk::build
