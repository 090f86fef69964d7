#include "libcore/base/quantity.hpp"

#include "libcore/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string>

namespace husk {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// Longer names first where one begins another.
constexpr std::array units = {Unit{"ns", 1},
                              Unit{"us", 1'000},
                              Unit{"\u00b5s", 1'000},  // micro sign
                              Unit{"\u03bcs", 1'000},  // Greek mu
                              Unit{"ms", 1'000'000},
                              Unit{"s", 1'000'000'000},
                              Unit{"m", 60'000'000'000},
                              Unit{"h", 3'600'000'000'000}};

// Digits with at most one point among them, taken off the front of TEXT.
std::optional<double> take_decimal(std::string_view& text) {
  const auto end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view number = text.substr(0, end);
  const bool digits = number.find_first_of("0123456789") != std::string_view::npos;
  if (!digits || std::count(number.begin(), number.end(), '.') > 1) return std::nullopt;
  double value = 0;
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || stop != number.data() + number.size()) return std::nullopt;
  text.remove_prefix(end);
  return value;
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::string_view powers = "kmgtp";
  auto value = take_decimal(text);
  if (!value) return std::nullopt;
  std::string unit = to_lower(text);
  if (unit.starts_with(' ')) unit.erase(0, 1);
  if (const auto power = unit.empty() ? std::string::npos : powers.find(unit[0]);
      power != std::string::npos) {
    for (std::size_t i = 0; i <= power; ++i) *value *= 1024;
    unit.erase(0, 1);
    if (unit == "ib") unit.clear();
  }
  constexpr double too_large = 9.2e18;
  if ((!unit.empty() && unit != "b") || *value > too_large) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return 0;
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const auto value = take_decimal(text);
    const auto unit = std::find_if(units.begin(), units.end(),
                                   [&](const Unit& each) { return text.starts_with(each.name); });
    if (!value || unit == units.end()) return std::nullopt;
    total += *value * static_cast<double>(unit->nanoseconds);
    if (total > 9e18) return std::nullopt;
    text.remove_prefix(unit->name.size());
  }
  const auto nanoseconds = static_cast<std::int64_t>(std::llround(total));
  return negative ? -nanoseconds : nanoseconds;
}

}  // namespace husk
