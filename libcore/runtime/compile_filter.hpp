#pragma once

#include "libcore/oci/seccomp_profile.hpp"

#include <cstdint>
#include <string>

namespace husk::runtime {

/// The program for seccomp(2) that PROFILE is on this machine, for a container whose root has CAPABILITIES,
/// as bytes. System calls that nobody here has heard of are passed over, as runc does it. Throws Error. Not
/// on the hot path: it needs libseccomp.
std::string compile_filter(const oci::SeccompProfile& profile, const std::vector<std::string>& capabilities);

}  // namespace husk::runtime
