#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace husk {

/// Seconds and nanoseconds since 1970-01-01T00:00:00Z.
struct Time {
  std::int64_t seconds = 0;
  std::int32_t nanoseconds = 0;

  friend auto operator<=>(const Time&, const Time&) = default;
};

/// The wall clock, CLOCK_REALTIME.
Time now();

/// "2026-01-31T23:59:59.123456789Z", always UTC (RFC 3339); no fraction when it is zero.
std::string format_rfc3339(Time time);
/// Reads the same, with any offset. Nothing for other text.
std::optional<Time> parse_rfc3339(std::string_view text);

/// What SOURCE_DATE_EPOCH says: seconds since 1970. Throws Error with exit usage for other text.
std::int64_t parse_source_date(const std::string& text);

/// "5 minutes", "3 days": how docker says how long ago something was.
std::string format_age(Time then, Time now);

}  // namespace husk
