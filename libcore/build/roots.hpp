#pragma once

#include "libcore/base/fd.hpp"
#include "libcore/build/session.hpp"
#include "libcore/runtime/rootfs.hpp"

#include <functional>
#include <string>
#include <vector>

namespace husk::build {

/// Runs BODY as root of the image's user namespace with FILE_SYSTEMS mounted, those without an upper
/// directory read-only: a descriptor of each. A child process; see runtime::in_rootfs().
std::string in_roots(const Session& session, const std::vector<runtime::Rootfs>& file_systems,
                     const std::function<std::string(const std::vector<Fd>& roots)>& body);

/// The same with one.
std::string in_root(const Session& session, const runtime::Rootfs& file_system,
                    const std::function<std::string(int root)>& body);

}  // namespace husk::build
