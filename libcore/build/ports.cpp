#include "libcore/build/ports.hpp"

#include "libcore/base/error.hpp"
#include "libcore/dockerfile/runes.hpp"

#include <charconv>

namespace husk::build {
namespace {

unsigned parse_port(std::string_view number, std::string_view whole) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), port);
  if (error != std::errc() || end != number.data() + number.size() || port > 65535) {
    throw Error(cat("invalid port: \"", escape(whole), "\": ", quote(number), " is no port number"));
  }
  return port;
}

}  // namespace

std::set<std::string> parse_exposed(std::string_view text) {
  std::string_view ports = text, protocol = "tcp";
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    ports = text.substr(0, slash);
    protocol = text.substr(slash + 1);
  }
  ports = ports.substr(ports.rfind(':') + 1);  // npos + 1 is 0
  if (ports.empty()) throw Error(cat("invalid port: \"", escape(text), "\": no port specified"));
  const std::string kind = dockerfile::to_lower(protocol);
  if (kind != "tcp" && kind != "udp" && kind != "sctp") {
    throw Error(
        cat("invalid port: \"", escape(text), "\": ", quote(protocol), " is neither tcp, udp nor sctp"));
  }
  const auto dash = ports.find('-');
  const unsigned first = parse_port(ports.substr(0, dash), text);
  const unsigned last = dash == std::string_view::npos ? first : parse_port(ports.substr(dash + 1), text);
  if (last < first) throw Error(cat("invalid port: \"", escape(text), "\": the range ends before it begins"));
  std::set<std::string> out;
  for (unsigned port = first; port <= last; ++port) out.insert(cat(port, "/", kind));
  return out;
}

}  // namespace husk::build
