#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace husk::dockerfile {

// Values of flags, read as the functions of Go do that BuildKit uses. Nothing if TEXT is no such value.

/// strconv.ParseBool: 1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False.
std::optional<bool> parse_bool(std::string_view text);

/// strconv.ParseUint with 32 bits: digits and nothing else.
std::optional<std::uint32_t> parse_number(std::string_view text, int base);

/// units.RAMInBytes: "64m", "1.5 GiB", "100"; powers of 1024.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// time.ParseDuration: "1h30m", "5s", "100ms"; in nanoseconds.
std::optional<std::int64_t> parse_duration(std::string_view text);

}  // namespace husk::dockerfile
