#pragma once

#include <cstdint>
#include <string_view>

namespace husk::runtime {

/// Puts the default profile's system-call filters on the calling process, for good. As with docker, calls
/// that only certain CAPABILITIES give a meaning to are allowed with them. Needs CAP_SYS_ADMIN in
/// its user namespace or no_new_privs. False and errno if the kernel refuses. Allocates nothing.
bool load_filters(std::uint64_t capabilities) noexcept;

/// The same with PROGRAM, what seccomp(2) takes, as bytes.
bool load_filter(std::string_view program) noexcept;

}  // namespace husk::runtime
