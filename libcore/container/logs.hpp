#pragma once

#include "libcore/base/time.hpp"
#include "libcore/store/containers.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace husk::container {

struct LogsOptions {
  bool follow = false;  // go on until the container ends
  bool times = false;
  std::optional<std::size_t> last;  // of what was printed before now
  std::optional<Time> since, until;
};

/// "10m", "1h30m" before NOW; "2026-01-31T23:59:59Z"; seconds since 1970. Throws Error with exit usage.
Time parse_log_time(const std::string& text, Time now);

/// The value of --tail. Throws Error with exit usage.
std::size_t parse_line_count(const std::string& text);

/// Writes what the container printed to standard output and standard error, as it had it.
void show_logs(const store::Container& container, const LogsOptions& options);

}  // namespace husk::container
