#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace husk::dockerfile {

/// A character at a byte offset. A byte that is not UTF-8 is a character of its own, beyond all code points.
struct Rune {
  char32_t code;
  std::size_t size;
};

Rune rune_at(std::string_view text, std::size_t offset);
bool is_code_point(char32_t code);

/// What Go's unicode.IsSpace() takes for white space, and so BuildKit's parser.
bool is_space(char32_t code);

/// Whether a variable's name may go on with it: letters and digits, "_". Beyond ASCII everything is a letter
/// but punctuation, symbols and emoji.
bool is_name_character(char32_t code);

/// TEXT without white space at both ends; OFFSET grows by what went at the front.
std::string_view trim(std::string_view text, std::size_t& offset);
std::string_view trim(std::string_view text);
std::string_view trim_left(std::string_view text);

}  // namespace husk::dockerfile
