#include "libcore/container/port_option.hpp"

#include "libcore/base/error.hpp"
#include "libcore/base/fd.hpp"
#include "libcore/dockerfile/ports.hpp"
#include "libcore/runtime/host_entry.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace husk::container {
namespace {

using runtime::PublishedPort;

struct Range {
  std::uint16_t first = 0, last = 0;
  int size() const { return last - first + 1; }
};

std::uint16_t parse_number(std::string_view text) {
  std::uint16_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || value == 0)
    throw Error(cat(quote(text), " is not a port from 1 to 65535"));
  return value;
}

Range parse_range(std::string_view text) {
  const auto dash = text.find('-');
  Range range;
  range.first = range.last = parse_number(text.substr(0, dash));
  if (dash != std::string_view::npos) range.last = parse_number(text.substr(dash + 1));
  if (range.last < range.first) throw Error(cat(quote(text), " is no range"));
  return range;
}

// docker's long form, in place of the short one.
std::string to_short_form(std::string_view text) {
  std::map<std::string, std::string, std::less<>> fields = {{"protocol", "tcp"}};
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view field = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), field.size() + 1));
    const auto equals = field.find('=');
    if (equals == std::string_view::npos || equals == 0)
      throw Error(cat("invalid publish opts format (should be name=value but got ", quote(field), ")"));
    const std::string_view name = field.substr(0, equals);
    if (name != "published" && name != "target" && name != "protocol" && name != "mode")
      throw Error(cat("unknown option ", quote(name)));
    fields[std::string(name)] = field.substr(equals + 1);
  }
  return cat(fields["published"], ":", fields["target"], "/", fields["protocol"]);
}

// Takes what stands after the last SEPARATOR, or all.
std::string_view take_last(std::string_view& text, char separator) {
  const auto at = text.rfind(separator);
  const std::string_view last = at == std::string_view::npos ? text : text.substr(at + 1);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(0, at);
  return last;
}

void check_address(const std::string& text) {
  if (!runtime::is_address(text)) throw Error(cat(quote(text), " is not an IP address"));
}

std::vector<PortRequest> parse(std::string_view text) {
  PublishedPort port;
  if (const auto slash = text.rfind('/'); slash != std::string_view::npos) {
    const std::string_view protocol = text.substr(slash + 1);
    if (protocol != "tcp" && protocol != "udp")
      throw Error(cat("protocol ", quote(protocol), " is neither tcp nor udp"));
    port.udp = protocol == "udp";
    text = text.substr(0, slash);
  }
  const Range inside = parse_range(take_last(text, ':'));
  const std::string_view host = take_last(text, ':');
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  port.address = text;
  if (!port.address.empty()) check_address(port.address);
  Range outside;
  if (!host.empty()) outside = parse_range(host);
  if (!host.empty() && inside.size() > 1 && inside.size() != outside.size())
    throw Error("invalid ranges specified for container and host Ports");
  std::vector<PortRequest> all;
  for (int index = 0; index < inside.size(); ++index) {
    port.container = static_cast<std::uint16_t>(inside.first + index);
    // One port of the container for a range of the host: one of that.
    port.host = static_cast<std::uint16_t>(host.empty() ? 0 : outside.first + index);
    const int last = host.empty() ? 0 : inside.size() > 1 ? port.host : outside.last;
    all.push_back({port, static_cast<std::uint16_t>(last)});
  }
  return all;
}

// Whether PORT of the host is free, which is PORT.host, or is set if that is 0.
bool try_bind(PublishedPort& port) {
  const bool is_v6 = port.address.find(':') != std::string::npos;
  const Fd socket(
      ::socket(is_v6 ? AF_INET6 : AF_INET, (port.udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0));
  if (!socket) throw_errno("look for a free port");
  sockaddr_storage place{};
  socklen_t size = is_v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&place);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&place);
  place.ss_family = is_v6 ? AF_INET6 : AF_INET;
  if (is_v6) {
    (void)::inet_pton(AF_INET6, port.address.c_str(), &v6->sin6_addr);
    v6->sin6_port = htons(port.host);
  } else {
    if (!port.address.empty()) (void)::inet_pton(AF_INET, port.address.c_str(), &v4->sin_addr);
    v4->sin_port = htons(port.host);
  }
  if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&place), size) != 0 ||
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&place), &size) != 0)
    return false;
  port.host = ntohs(is_v6 ? v6->sin6_port : v4->sin_port);
  return true;
}

// Taken by somebody else before the container is started, it is an error then.
PublishedPort choose(const PortRequest& request, std::set<std::string>& taken) {
  PublishedPort port = request.port;
  const bool any = port.host == 0;
  const auto key = [&] { return cat(port.address, port.udp ? "/udp/" : "/tcp/", port.host); };
  if (!any && request.last_host == port.host) {
    if (!taken.insert(key()).second)
      throw Error(cat("port ", port.host, " of the host is published twice"), Exit::engine);
    return port;
  }
  for (int tries = any ? 100 : request.last_host - port.host + 1; tries > 0; --tries) {
    if (try_bind(port) && taken.insert(key()).second) return port;
    port.host = any ? 0 : static_cast<std::uint16_t>(port.host + 1);
  }
  throw Error(cat("no port of the host is free for ", request.port.container), Exit::engine);
}

std::string print(const PublishedPort& port) {
  const bool is_v6 = port.address.find(':') != std::string::npos;
  const std::string address = is_v6 ? cat("[", port.address, "]") : port.address;
  return cat(address, address.empty() ? "" : ":", port.host, ":", port.container, port.udp ? "/udp" : "/tcp");
}

}  // namespace

std::vector<PortRequest> parse_ports(std::string_view text) {
  try {
    return parse(text.find('=') == std::string_view::npos ? std::string(text) : to_short_form(text));
  } catch (Error& error) {
    error.add_context(cat("published port ", quote(text)));
    error.set_exit(Exit::engine);
    error.set_hint("it is [ADDRESS:][HOST-PORT:]PORT[/udp]");
    throw;
  }
}

std::string parse_container_port(std::string_view text) {
  try {
    const auto ports = dockerfile::parse_exposed(std::string(text)).ports;
    if (ports.size() == 1 && text.find(':') == std::string_view::npos) return *ports.begin();
  } catch (const Error&) {
    // Said below, without talk of EXPOSE.
  }
  throw Error(cat(quote(text), " is no port, as 80 or 53/udp"), Exit::usage);
}

std::vector<std::string> list_exposed_ports(const RunOptions& options, const oci::ImageConfig& image) {
  std::set<std::string> all = image.exposed_ports;
  for (const std::string& text : options.exposed_ports) {
    try {
      all.merge(dockerfile::parse_exposed(text).ports);
    } catch (Error& error) {
      error.add_context(cat("--expose ", quote(text)));
      error.set_exit(Exit::engine);
      throw;
    }
  }
  return {all.begin(), all.end()};
}

std::vector<std::string> choose_ports(const RunOptions& options, const oci::ImageConfig& image) {
  std::vector<PortRequest> requests;
  for (const std::string& text : options.ports) {
    for (PortRequest& each : parse_ports(text)) requests.push_back(std::move(each));
  }
  if (options.publish_all) {
    for (const std::string& exposed : list_exposed_ports(options, image)) {
      // An image may say anything there.
      if (!exposed.ends_with("/tcp") && !exposed.ends_with("/udp")) continue;
      for (PortRequest& each : parse_ports(exposed)) {
        const bool is_there = std::ranges::any_of(requests, [&](const PortRequest& other) {
          return other.port.container == each.port.container && other.port.udp == each.port.udp;
        });
        if (!is_there) requests.push_back(std::move(each));
      }
    }
  }
  // Those that want a certain one first.
  std::ranges::stable_sort(requests, {}, [](const PortRequest& request) {
    return request.port.host == 0 || request.last_host != request.port.host;
  });
  std::vector<std::string> ports;
  ports.reserve(requests.size());
  std::set<std::string> taken;
  for (const PortRequest& request : requests) ports.push_back(print(choose(request, taken)));
  return ports;
}

std::string describe_ports(const std::vector<std::string>& published,
                           const std::vector<std::string>& exposed) {
  std::string text;
  std::set<std::string> seen;
  const auto add = [&](const std::string& port) { text += cat(text.empty() ? "" : ", ", port); };
  for (const std::string& each : published) {
    const PublishedPort port = parse_port(each);
    add(print_port(port));
    seen.insert(container_port(port));
  }
  for (const std::string& port : exposed) {
    if (!seen.contains(port)) add(escape(port));
  }
  return text;
}

}  // namespace husk::container
