#pragma once

#include <cstdint>

namespace husk::runtime {

/// What root of a container may do inside it: podman's default. Not docker's MKNOD, NET_RAW and AUDIT_WRITE.
std::uint64_t default_capabilities() noexcept;

/// Takes the others out of the bounding set, so that no program with file capabilities gives them back. Needs
/// CAP_SETPCAP. False and errno on failure. Allocates nothing, as all here.
bool limit_capabilities(std::uint64_t wanted) noexcept;

/// Sets the permitted and effective capabilities of the process; inheritable and ambient ones are none
/// (CVE-2022-24769).
bool set_capabilities(std::uint64_t wanted) noexcept;

}  // namespace husk::runtime
