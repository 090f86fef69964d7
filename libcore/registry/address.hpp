#pragma once

#include <sys/socket.h>
#include <string_view>

namespace husk::registry {

/// Loopback, link-local, private (RFC 1918, RFC 4193) and unspecified addresses: a server out in the world
/// has no business to send us there.
bool is_private_address(const sockaddr& address);

/// The same for an address as text, IPv6 also in brackets; false for what is no address.
bool is_private_address(std::string_view text);

}  // namespace husk::registry
