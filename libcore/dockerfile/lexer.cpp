#include "libcore/dockerfile/lexer.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/dockerfile/limits.hpp"
#include "libcore/dockerfile/runes.hpp"

#include <algorithm>

namespace husk::dockerfile {

void LogicalLine::append(std::string_view text, int line, int column) {
  if (text_.size() + text.size() > max_line_size) {
    throw SyntaxError({line, column}, cat("the instruction is longer than ", max_line_size, " bytes"));
  }
  pieces_.push_back({text_.size(), line, column});
  text_ += text;
}

Position LogicalLine::position(std::size_t offset) const {
  const auto after =
      std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                       [](std::size_t value, const Piece& piece) { return value < piece.offset; });
  if (after == pieces_.begin()) return {};
  const Piece& piece = *(after - 1);
  int column = piece.column;
  for (std::size_t i = piece.offset; i < std::min(offset, text_.size());) {
    i += rune_at(text_, i).size;
    ++column;
  }
  return {piece.line, column};
}

LineReader::LineReader(std::string_view text) : rest_(text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
}

std::optional<PhysicalLine> LineReader::next() {
  if (rest_.empty()) return std::nullopt;
  const auto end = rest_.find('\n');
  PhysicalLine line;
  line.whole = rest_.substr(0, end == std::string_view::npos ? end : end + 1);
  line.content = line.whole;
  while (line.content.ends_with('\n') || line.content.ends_with('\r')) line.content.remove_suffix(1);
  line.number = ++number_;
  rest_.remove_prefix(line.whole.size());
  if (const auto nul = line.content.find('\0'); nul != std::string_view::npos) {
    throw SyntaxError({line.number, static_cast<int>(nul) + 1}, "a NUL byte: this is not a text file");
  }
  return line;
}

std::optional<Directive> parse_directive(std::string_view line) {
  if (!line.starts_with('#')) return std::nullopt;
  line = trim(line.substr(1));
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  Directive directive{to_lower(trim(line.substr(0, equals))), std::string(trim(line.substr(equals + 1)))};
  const bool known = directive.name == "escape" || directive.name == "syntax" || directive.name == "check";
  return known && !directive.value.empty() ? std::optional(std::move(directive)) : std::nullopt;
}

std::optional<std::string_view> strip_continuation(std::string_view line, char escape) {
  const auto last = line.find_last_not_of(" \t");
  if (last == std::string_view::npos || line[last] != escape) return std::nullopt;
  if (last > 0 && line[last - 1] == escape) return std::nullopt;  // an escaped escape character
  return line.substr(0, last);
}

}  // namespace husk::dockerfile
