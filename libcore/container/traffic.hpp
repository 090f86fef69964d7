#pragma once

#include <cstdint>
#include <string_view>

namespace husk::container {

/// Bytes that came in and went out.
struct Traffic {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
};

/// /proc/PID/net/dev, proc(5): all devices but the loopback.
Traffic parse_network_devices(std::string_view text);

/// /proc/PID/io, proc(5): what was read from and written to disks, "read_bytes" and "write_bytes".
Traffic parse_process_io(std::string_view text);

}  // namespace husk::container
