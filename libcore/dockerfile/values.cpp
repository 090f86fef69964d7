#include "libcore/dockerfile/values.hpp"

#include <charconv>

namespace husk::dockerfile {

std::optional<bool> parse_bool(std::string_view text) {
  for (const std::string_view each : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (text == each) return true;
  }
  for (const std::string_view each : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (text == each) return false;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> parse_number(std::string_view text, int base) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace husk::dockerfile
