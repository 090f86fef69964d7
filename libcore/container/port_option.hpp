#pragma once

#include "libcore/container/run_options.hpp"
#include "libcore/oci/image_config.hpp"
#include "libcore/runtime/container.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace husk::container {

/// Ports of the host, any free one of which will do, for one of a container.
struct PortRequest {
  runtime::PublishedPort port;  // host is the first of them; 0: whatever the kernel gives
  std::uint16_t last_host = 0;
};

/// What one --publish asks for, in docker's forms: "[ADDRESS:][HOST[-LAST]:]PORT[-LAST][/tcp|/udp]" and
/// "published=HOST,target=PORT,protocol=tcp". An IPv6 address stands in brackets. Throws Error.
std::vector<PortRequest> parse_ports(std::string_view text);

/// All that OPTIONS and the image's EXPOSE (with --publish-all) ask for, with ports that are free at the
/// moment where any will do: as parse_port() reads them.
std::vector<std::string> choose_ports(const RunOptions& options, const oci::ImageConfig& image);

/// "80/tcp" of the image's EXPOSE and --expose. Throws Error.
std::vector<std::string> list_exposed_ports(const RunOptions& options, const oci::ImageConfig& image);

/// "80/tcp" for "80", "53/udp" for itself. Throws Error with exit usage.
std::string parse_container_port(std::string_view text);

/// What stands in a container's configuration, as husk-ps shows it: published ports, then exposed ones.
std::string describe_ports(const std::vector<std::string>& published,
                           const std::vector<std::string>& exposed);

}  // namespace husk::container
