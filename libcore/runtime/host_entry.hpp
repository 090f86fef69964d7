#pragma once

#include "libcore/runtime/container.hpp"

#include <string_view>

namespace husk::runtime {

/// "NAME:ADDRESS" or "NAME=ADDRESS": --add-host. Throws Error with exit usage.
HostEntry parse_host_entry(std::string_view text);

/// Whether it is an address, IPv4 or IPv6 without brackets.
bool is_address(const std::string& text);

}  // namespace husk::runtime
