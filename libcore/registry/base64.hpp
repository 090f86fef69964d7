#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace husk::registry {

std::string encode_base64(std::string_view bytes);

/// Nothing for what is not base64 (RFC 4648, with padding; line ends are skipped).
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace husk::registry
