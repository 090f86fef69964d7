#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace husk {

/// A code point and its length in bytes.
struct Character {
  std::uint32_t code;
  std::size_t length;
};
inline constexpr std::uint32_t no_character = 0xffffffff;

/// The code point that TEXT, which is not empty, begins with; length 1 and no_character for what is not
/// UTF-8.
Character first_character(std::string_view text);

bool is_utf8(std::string_view text);

/// Controls (C0, DEL, C1), and what turns the direction of writing or hides text: Unicode's Bidi_Control
/// characters.
bool can_mislead(std::uint32_t code);

/// How many columns of a terminal it takes: 0, 1 or 2.
std::size_t character_width(std::uint32_t code);

}  // namespace husk
