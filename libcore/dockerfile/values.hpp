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

}  // namespace husk::dockerfile
