#include "libcore/dockerfile/instruction.hpp"

#include <algorithm>
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

}  // namespace husk::dockerfile
