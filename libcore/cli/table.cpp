#include "libcore/cli/table.hpp"

#include <algorithm>
#include <string_view>

namespace husk::cli {
namespace {

// Columns on the terminal: characters, not bytes. Wide characters count as one; names in the store are ASCII.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

std::string print_table(const std::vector<std::vector<std::string>>& lines) {
  constexpr std::size_t gap = 3;
  std::vector<std::size_t> widths;
  for (const auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  }
  std::string text;
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      text += line[i];
      if (i + 1 < line.size()) text.append(widths[i] + gap - width(line[i]), ' ');
    }
    text += '\n';
  }
  return text;
}

}  // namespace husk::cli
