#include "libcore/dockerfile/substitute.hpp"

#include "libcore/base/error.hpp"
#include "libcore/dockerfile/limits.hpp"
#include "libcore/dockerfile/runes.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace husk::dockerfile {
namespace {

constexpr char32_t any_character = 0xffffffff;

using Text = std::vector<char32_t>;
// The pieces between the stars: "a*b?" is {a} and {b, any}.
using Pattern = std::vector<Text>;

Text to_text(std::string_view bytes) {
  Text text;
  for (std::size_t i = 0; i < bytes.size();) {
    const Rune rune = rune_at(bytes, i);
    text.push_back(rune.code);
    i += rune.size;
  }
  return text;
}

Pattern parse_pattern(std::string_view bytes) {
  const Text text = to_text(bytes);
  Pattern pattern(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') {
      pattern.emplace_back();
    } else if (text[i] == '?') {
      pattern.back().push_back(any_character);
    } else if (text[i] == '\\') {
      const char32_t next = i + 1 < text.size() ? text[i + 1] : 0;
      if (next == '}' || next == '/') continue;  // escaped for the sake of ${}, not of the pattern
      if (next != '*' && next != '?' && next != '\\') {
        throw Error(
            cat("invalid pattern ", quote(bytes), " in substitution: '\\' before neither '*', '?' nor '\\'"));
      }
      pattern.back().push_back(text[++i]);
    } else {
      pattern.back().push_back(text[i]);
    }
  }
  return pattern;
}

bool matches_at(const Text& value, std::size_t at, const Text& piece) {
  if (piece.size() > value.size() - at) return false;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (piece[i] != any_character && piece[i] != value[at + i]) return false;
  }
  return true;
}

std::optional<std::size_t> find_piece(const Text& value, std::size_t from, const Text& piece) {
  for (std::size_t at = from; at + piece.size() <= value.size(); ++at) {
    if (matches_at(value, at, piece)) return at;
  }
  return std::nullopt;
}

// Where a match that begins at BEGIN ends: each piece as early as it can be, but the last one, which may be
// late.
std::optional<std::size_t> match_end(const Text& value, std::size_t begin, const Pattern& pattern,
                                     Match match) {
  if (!matches_at(value, begin, pattern.front())) return std::nullopt;
  std::size_t end = begin + pattern.front().size();
  for (std::size_t i = 1; i < pattern.size(); ++i) {
    const auto found = find_piece(value, end, pattern[i]);
    if (!found) return std::nullopt;
    end = *found + pattern[i].size();
  }
  if (match == Match::shortest || pattern.size() == 1) return end;
  const Text& last = pattern.back();
  std::size_t at = value.size() - last.size();
  while (!matches_at(value, at, last)) --at;  // ends at the latest where the loop above found it
  return at + last.size();
}

std::string to_bytes(std::string_view bytes, std::size_t begin, std::size_t end) {
  std::size_t offset = 0, first = 0;
  for (std::size_t i = 0; i < end; ++i) {
    if (i == begin) first = offset;
    offset += rune_at(bytes, offset).size;
  }
  return begin >= end ? std::string() : std::string(bytes.substr(first, offset - first));
}

}  // namespace

std::string remove_prefix(std::string_view value, std::string_view pattern, Match match) {
  const Text text = to_text(value);
  const auto end = match_end(text, 0, parse_pattern(pattern), match);
  return to_bytes(value, end.value_or(0), text.size());
}

std::string remove_suffix(std::string_view value, std::string_view pattern, Match match) {
  // A suffix is a prefix of the reversed value.
  Text text = to_text(value);
  std::reverse(text.begin(), text.end());
  Pattern parsed = parse_pattern(pattern);
  std::reverse(parsed.begin(), parsed.end());
  for (Text& piece : parsed) std::reverse(piece.begin(), piece.end());
  const auto end = match_end(text, 0, parsed, match);
  return to_bytes(value, 0, text.size() - end.value_or(0));
}

std::string replace(std::string_view value, std::string_view pattern, std::string_view replacement,
                    Which which) {
  const Text text = to_text(value);
  const Pattern parsed = parse_pattern(pattern);
  std::string out;
  std::size_t copied = 0;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto first = find_piece(text, begin, parsed.front());
    if (!first) break;
    const auto end = match_end(text, *first, parsed, Match::longest);
    if (!end) break;  // a later beginning would find the rest of the pattern no better
    out += to_bytes(value, copied, *first);
    out += replacement;
    if (out.size() > max_expansion_size) throw Error("the expanded text is too long");
    copied = *end;
    if (which == Which::first) break;
    if (*end == *first) {  // nothing was taken: go on behind the next character
      out += to_bytes(value, copied, std::min(copied + 1, text.size()));
      ++copied;
    }
    begin = copied;
  }
  return out + to_bytes(value, copied, text.size());
}

}  // namespace husk::dockerfile
