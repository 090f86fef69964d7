#pragma once

#include <string>

namespace husk::oci {

/// The digits of some SHA-256 digest.
inline const std::string hex(64, 'a');

}  // namespace husk::oci
