#include "libcore/base/columns.hpp"

#include "libcore/base/unicode.hpp"

#include <algorithm>
#include <vector>

namespace husk {
namespace {

constexpr std::string_view ellipsis = "…";
constexpr std::size_t tab_stop = 8;

// The length of the escape sequence that TEXT begins with; ECMA-48, 5.4 and 5.6.
std::size_t sequence_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  const char kind = text[1];
  std::size_t end = 2;
  if (kind == '[') {  // CSI: parameters, and one byte that ends it
    while (end < text.size() && (text[end] < 0x40 || text[end] > 0x7e)) ++end;
    return std::min(end + 1, text.size());
  }
  if (kind == ']' || kind == 'P' || kind == 'X' || kind == '^' || kind == '_') {  // OSC and other strings
    while (end < text.size() && text[end] != '\a' && text[end] != '\x1b') ++end;
    if (end < text.size() && text[end] == '\x1b') ++end;  // ST is ESC and a backslash
    return std::min(end + 1, text.size());
  }
  // "ESC ( B": intermediate bytes, and one that ends it.
  end = 1;
  while (end < text.size() && text[end] >= 0x20 && text[end] <= 0x2f) ++end;
  return std::min(end + 1, text.size());
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    columns += character_width(character.code);
    text.remove_prefix(character.length);
  }
  return columns;
}

std::string fit_columns(std::string_view text, std::size_t columns) {
  std::size_t used = 0, end = 0, end_before_ellipsis = 0;
  while (end < text.size()) {
    const Character character = first_character(text.substr(end));
    const std::size_t width = character_width(character.code);
    if (used + width > columns) {
      return columns == 0 ? std::string() : std::string(text.substr(0, end_before_ellipsis)).append(ellipsis);
    }
    used += width;
    end += character.length;
    if (used < columns) end_before_ellipsis = end;
  }
  return std::string(text);
}

std::string plain_line(std::string_view line) {
  struct Cell {
    std::string_view text;
    std::size_t width;
  };
  std::vector<Cell> cells;
  std::size_t at = 0;  // where the next character goes
  std::size_t column = 0;
  const auto put = [&](Cell cell) {
    cells.resize(std::max(cells.size(), at));
    if (at < cells.size()) {
      cells[at] = cell;
    } else {
      cells.push_back(cell);
    }
    ++at;
    column += cell.width;
  };
  while (!line.empty()) {
    const Character character = first_character(line);
    std::size_t length = character.length;
    if (character.code == 0x1b) {
      length = sequence_length(line);
    } else if (character.code == '\r') {
      at = column = 0;
    } else if (character.code == '\b' && at > 0) {
      --at;
      column -= std::min(column, cells[at].width);
    } else if (character.code == '\t') {
      do put({" ", 1});
      while (column % tab_stop != 0);
    } else if (character.code == no_character) {
      put({"\xef\xbf\xbd", 1});
    } else if (!can_mislead(character.code)) {
      put({line.substr(0, length), character_width(character.code)});
    }
    line.remove_prefix(length);
  }
  std::string out;
  for (const Cell& cell : cells) out += cell.text;
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace husk
