#include "libcore/dockerfile/runes.hpp"

#include <algorithm>
#include <iterator>

namespace husk::dockerfile {

Rune rune_at(std::string_view text, std::size_t offset) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[offset + i]); };
  const unsigned char first = byte(0);
  const std::size_t size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
  if (size == 1 || first > 0xf4 || text.size() - offset < size) return {first, 1};
  char32_t code = first & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {first, 1};
    code = (code << 6) | (byte(i) & 0x3fU);
  }
  return {code, size};
}

bool is_space(char32_t code) {
  if (code <= 0x20) return code == ' ' || (code >= '\t' && code <= '\r');
  return code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
         code == 0x202f || code == 0x205f || code == 0x3000;
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

std::string to_lower(std::string_view text) {
  std::string out;
  std::transform(text.begin(), text.end(), std::back_inserter(out),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string to_upper(std::string_view text) {
  std::string out;
  std::transform(text.begin(), text.end(), std::back_inserter(out),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

}  // namespace husk::dockerfile
