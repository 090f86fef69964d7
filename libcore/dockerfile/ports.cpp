#include "libcore/dockerfile/ports.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/dockerfile/runes.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <utility>

namespace husk::dockerfile {
namespace {

Error invalid(std::string_view word, std::string_view why) {
  return Error(cat("invalid port: \"", escape(word), "\": ", why));
}

unsigned parse_port(std::string_view number, std::string_view word) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), port);
  if (error != std::errc() || end != number.data() + number.size() || port > 65535) {
    throw invalid(word, cat(quote(number), " is no port number"));
  }
  return port;
}

std::pair<unsigned, unsigned> parse_range(std::string_view range, std::string_view word) {
  const auto dash = range.find('-');
  const unsigned first = parse_port(range.substr(0, dash), word);
  const unsigned last = dash == std::string_view::npos ? first : parse_port(range.substr(dash + 1), word);
  if (last < first) throw invalid(word, "the range ends before it begins");
  return {first, last};
}

void check_address(std::string_view address, std::string_view word) {
  std::string text(address);
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  in6_addr out{};
  if (::inet_pton(AF_INET, text.c_str(), &out) != 1 && ::inet_pton(AF_INET6, text.c_str(), &out) != 1) {
    throw invalid(word, cat(quote(address), " is no IP address"));
  }
}

// "ADDRESS:HOST-PORT:" or "HOST-PORT:", as docker-run(1) has them.
void check_mapping(std::string_view mapping, unsigned count, std::string_view word) {
  mapping.remove_suffix(1);
  const auto colon = mapping.rfind(':');
  const std::string_view host = mapping.substr(colon + 1);  // npos + 1 is 0
  if (colon != std::string_view::npos && colon > 0) check_address(mapping.substr(0, colon), word);
  if (host.empty()) return;
  const auto [first, last] = parse_range(host, word);
  if (count != 1 && last - first + 1 != count) throw invalid(word, "the ranges are of different lengths");
}

}  // namespace

ExposedPorts parse_exposed(std::string_view text) {
  ExposedPorts exposed;
  const auto colon = text.rfind(':');
  const std::string_view mapping = text.substr(0, colon + 1);  // npos + 1 is 0
  std::string_view range = text.substr(mapping.size()), protocol = "tcp";
  if (const auto slash = range.find('/'); slash != std::string_view::npos) {
    if (slash + 1 < range.size()) protocol = range.substr(slash + 1);
    range = range.substr(0, slash);
  }
  if (range.empty()) throw invalid(text, "no port specified");
  const std::string kind = to_lower(protocol);
  if (kind != "tcp" && kind != "udp" && kind != "sctp") {
    throw invalid(text, cat(quote(protocol), " is neither tcp, udp nor sctp"));
  }
  exposed.lower_case = kind == protocol;
  exposed.mapping = mapping.size() > 1;
  const auto [first, last] = parse_range(range, text);
  if (!mapping.empty()) check_mapping(mapping, last - first + 1, text);
  for (unsigned port = first; port <= last; ++port) exposed.ports.insert(cat(port, "/", kind));
  return exposed;
}

}  // namespace husk::dockerfile
