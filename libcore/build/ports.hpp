#pragma once

#include <set>
#include <string>
#include <string_view>

namespace husk::build {

/// What EXPOSE's word means: "80" is {80/tcp}, "8000-8002/udp" three ports. As docker does, takes and drops
/// an address and a host port before it ("127.0.0.1:80:8080"). Throws Error.
std::set<std::string> parse_exposed(std::string_view text);

}  // namespace husk::build
