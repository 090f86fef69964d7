#include "libcore/runtime/host_entry.hpp"

#include "libcore/base/error.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

namespace husk::runtime {

bool is_address(const std::string& text) {
  in6_addr address{};  // room for either
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

HostEntry parse_host_entry(std::string_view text) {
  const auto separator = text.find_first_of("=:");
  HostEntry entry{.name = std::string(text.substr(0, separator)), .address = {}};
  if (separator != std::string_view::npos) entry.address = text.substr(separator + 1);
  std::string& address = entry.address;
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  const auto fail = [&](std::string_view why, std::string_view hint) {
    Error error(cat("--add-host ", quote(text), ": ", why), Exit::usage);
    error.set_hint(std::string(hint));
    throw error;
  };
  if (entry.name.empty() || entry.name.find_first_of(" \t\r\n#\v\f") != std::string::npos)
    fail("no host name", "it is NAME:ADDRESS");
  if (address == "host-gateway")
    fail("the host can't be reached by a private network",
         "with --network=host it can: --add-host NAME:127.0.0.1");
  if (!is_address(address)) fail(cat(quote(address), " is no IP address"), "it is NAME:ADDRESS");
  return entry;
}

}  // namespace husk::runtime
