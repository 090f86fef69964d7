#pragma once

#include <optional>
#include <string_view>

namespace husk {

/// The number of a signal that is given by name ("TERM", "SIGTERM", "rtmin+3", in any case; signal(7)) or by
/// number. Nothing for other text.
std::optional<int> parse_signal(std::string_view text);

}  // namespace husk
