#include "libcore/dockerfile/instruction.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace husk::dockerfile {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
    }
  }
  return row.back();
}

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// Longer names first where one begins another.
constexpr std::array units = {Unit{"ns", 1},
                              Unit{"us", 1'000},
                              Unit{"\u00b5s", 1'000},
                              Unit{"ms", 1'000'000},
                              Unit{"s", 1'000'000'000},
                              Unit{"m", 60'000'000'000},
                              Unit{"h", 3'600'000'000'000}};

}  // namespace

std::string did_you_mean(std::string_view text, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t farthest = 3;
  if (text.size() > 40) return "";
  std::string best;
  std::size_t distance = farthest;
  for (const std::string_view candidate : candidates) {
    const std::size_t here = edit_distance(text, candidate);
    if (here < distance && here < candidate.size() && here < text.size()) {
      distance = here;
      best = candidate;
    }
  }
  return best;
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  if (text == "0") return 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    double value = 0, scale = 1;
    bool digits = false, fraction = false;
    for (; !text.empty(); text.remove_prefix(1)) {
      const char c = text[0];
      if (c == '.' && !fraction) {
        fraction = true;
      } else if (c >= '0' && c <= '9') {
        digits = true;
        value = value * 10 + (c - '0');
        if (fraction) scale *= 10;
      } else {
        break;
      }
    }
    const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& each) {
      return text.starts_with(each.name) && !(each.name == "m" && text.starts_with("ms"));
    });
    if (!digits || unit == units.end()) return std::nullopt;
    total += value / scale * static_cast<double>(unit->nanoseconds);
    if (total > 9e18) return std::nullopt;
    text.remove_prefix(unit->name.size());
  }
  return static_cast<std::int64_t>(total + 0.5);
}

}  // namespace husk::dockerfile
