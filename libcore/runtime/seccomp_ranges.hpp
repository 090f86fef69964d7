#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cstdint>
#include <vector>

/// Makes system-call filters small. libseccomp compares with one number after the other; but the kernel
/// checks, converts and compiles every instruction at every start of a container, 0.2 ms for the thousand of
/// the default profile. Neighbours with the same answer need one comparison together. For the build only.
namespace husk::runtime {

using Filter = std::vector<sock_filter>;

/// A filter that answers every call as FILTER does: it decides by architecture, then by range of numbers, and
/// has what looks at arguments as it was. FILTER is of the kind that libseccomp writes, with the architecture
/// and the number only compared. Throws std::logic_error for anything else.
Filter merge_ranges(const Filter& filter);

/// What FILTER returns for the call.
std::uint32_t run_filter(const Filter& filter, const seccomp_data& call);

/// Numbers that FILTER compares with, and their neighbours: two filters that agree on all of them, for
/// number, architecture and halves of arguments, agree.
std::vector<std::uint32_t> interesting_values(const Filter& filter);

}  // namespace husk::runtime
