#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace husk {

// Sizes and durations as docker's options and Dockerfiles have them, read as the functions of Go do. Nothing
// if TEXT is no such value.

/// units.RAMInBytes: "64m", "1.5 GiB", "100"; powers of 1024.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// time.ParseDuration: "1h30m", "5s", "100ms"; in nanoseconds.
std::optional<std::int64_t> parse_duration(std::string_view text);

}  // namespace husk
