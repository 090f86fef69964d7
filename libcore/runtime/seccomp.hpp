#pragma once

namespace husk::runtime {

/// Puts the default profile's system-call filters on the calling process, for good. Needs CAP_SYS_ADMIN in
/// its user namespace or no_new_privs. False and errno if the kernel refuses. Allocates nothing.
bool load_filters() noexcept;

}  // namespace husk::runtime
