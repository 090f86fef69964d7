#pragma once

#include "libcore/oci/reference.hpp"

namespace husk::oci {

/// Whether TEXT is a pattern rather than a name: no name has any of "*?[".
bool is_reference_pattern(std::string_view text);

/// Whether PATTERN matches the name that users read, with its tag or without. As in docker's "reference"
/// filter (Go's path.Match): "*" and "?" match within one component, "[ab]" and "[^ab]" are sets, "\" takes
/// what follows as it is.
bool matches_pattern(const Reference& reference, const std::string& pattern);

}  // namespace husk::oci
