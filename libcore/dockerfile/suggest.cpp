#include "libcore/dockerfile/suggest.hpp"

#include "libcore/base/text.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace husk::dockerfile {
namespace {

constexpr std::array<std::string_view, 18> keywords = {
    "add",   "arg",        "cmd",     "copy", "entrypoint", "env",        "expose", "from",   "healthcheck",
    "label", "maintainer", "onbuild", "run",  "shell",      "stopsignal", "user",   "volume", "workdir"};

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

template <class Accepts>
std::string find_nearest(std::string_view text, const std::vector<std::string_view>& candidates,
                         const Accepts& accepts) {
  constexpr std::size_t longest = 100;  // of what is compared: the time grows with the square
  std::string best;
  std::size_t distance = 3;
  for (const std::string_view candidate : candidates) {
    if (candidate == text) return "";
    if (candidate.size() > longest || text.size() > longest) continue;
    const std::size_t here = edit_distance(text, candidate);
    if (here >= distance || !accepts(here, candidate)) continue;
    distance = here;
    best = candidate;
  }
  return best;
}

}  // namespace

std::string nearest(std::string_view text, const std::vector<std::string_view>& candidates) {
  return find_nearest(text, candidates, [](std::size_t, std::string_view) { return true; });
}

std::string did_you_mean(std::string_view text, const std::vector<std::string_view>& candidates) {
  return find_nearest(text, candidates, [&](std::size_t distance, std::string_view candidate) {
    return distance < candidate.size() && distance < text.size();  // something is left of both
  });
}

std::string suggestion(std::string_view text, const std::vector<std::string_view>& candidates) {
  const std::string meant = did_you_mean(text, candidates);
  return meant.empty() ? "" : cat(" (did you mean ", meant, "?)");
}

bool is_instruction(std::string_view keyword) {
  return std::find(keywords.begin(), keywords.end(), keyword) != keywords.end();
}

std::string meant_instruction(std::string_view keyword) {
  if (is_instruction(keyword)) return "";
  return did_you_mean(keyword, {keywords.begin(), keywords.end()});
}

}  // namespace husk::dockerfile
