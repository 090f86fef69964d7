#include "libcore/dockerfile/runes.hpp"

#include "libcore/base/unicode.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace husk::dockerfile {
namespace {

constexpr char32_t no_code_point = 0x110000;

// Blocks without letters, or with next to none.
constexpr std::array<std::pair<char32_t, char32_t>, 18> no_letters = {{
    {0x80, 0xa9},  // controls and punctuation of Latin-1
    {0xab, 0xb4},
    {0xb6, 0xb9},
    {0xbb, 0xbf},
    {0xd7, 0xd7},      // multiplication sign
    {0xf7, 0xf7},      // division sign
    {0x300, 0x36f},    // combining marks
    {0x2000, 0x2070},  // general punctuation
    {0x20a0, 0x2101},  // currencies
    {0x2190, 0x2bff},  // arrows, mathematics, boxes, shapes, dingbats
    {0x3001, 0x3004},  // punctuation of Chinese, Japanese and Korean
    {0x3008, 0x3020},
    {0xe000, 0xf8ff},  // private use
    {0xfe00, 0xfe6f},  // variation selectors, small forms
    {0xff00, 0xff0f},  // full-width forms
    {0xff1a, 0xff20},
    {0xfff0, 0xffff},
    {0x1f000, 0x1faff},  // emoji
}};

}  // namespace

Rune rune_at(std::string_view text, std::size_t offset) {
  const Character character = first_character(text.substr(offset));
  if (character.code == no_character) return {no_code_point + static_cast<unsigned char>(text[offset]), 1};
  return {character.code, character.length};
}

bool is_code_point(char32_t code) { return code < no_code_point; }

bool is_space(char32_t code) {
  if (code <= 0x20) return code == ' ' || (code >= '\t' && code <= '\r');
  return code == 0x85 || code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) ||
         code == 0x2028 || code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

bool is_name_character(char32_t code) {
  if (code < 0x80) {
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || (code >= '0' && code <= '9') ||
           code == '_';
  }
  return !is_space(code) && is_code_point(code) &&
         std::none_of(no_letters.begin(), no_letters.end(),
                      [&](const auto& range) { return range.first <= code && code <= range.second; });
}

std::string_view trim_left(std::string_view text) {
  while (!text.empty()) {
    const Rune rune = rune_at(text, 0);
    if (!is_space(rune.code)) break;
    text.remove_prefix(rune.size);
  }
  return text;
}

std::string_view trim(std::string_view text, std::size_t& offset) {
  const std::size_t before = text.size();
  text = trim_left(text);
  offset += before - text.size();
  std::size_t end = 0;  // of the last character that is no space
  for (std::size_t i = 0; i < text.size();) {
    const Rune rune = rune_at(text, i);
    i += rune.size;
    if (!is_space(rune.code)) end = i;
  }
  return text.substr(0, end);
}

std::string_view trim(std::string_view text) {
  std::size_t ignored = 0;
  return trim(text, ignored);
}

}  // namespace husk::dockerfile
