#pragma once

#include <set>
#include <string>
#include <string_view>

namespace husk::dockerfile {

/// What a word of EXPOSE asks for.
struct ExposedPorts {
  std::set<std::string> ports;  // "80/tcp"
  bool mapping = false;         // an address or a host port stood before; it has no effect
  bool lower_case = true;       // the protocol is written as it should be
};

/// "80" is 80/tcp, "8000-8002/udp" three ports, "127.0.0.1:80:8080" is 8080/tcp. Throws Error.
ExposedPorts parse_exposed(std::string_view text);

}  // namespace husk::dockerfile
