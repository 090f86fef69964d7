#pragma once

#include "libcore/dockerfile/syntax.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace husk::dockerfile {

/// A word and the offset of its first character in the text that it was cut from.
struct Piece {
  std::string text;
  std::size_t offset = 0;
};

/// The part of WORD from the byte OFFSET on, at most COUNT bytes, with its place.
Word part_of(const Word& word, std::size_t offset, std::size_t count = std::string::npos);

/// Words that white space separates, quotes and escapes kept, as ENV, ARG and LABEL have them.
std::vector<Piece> split_words(std::string_view text, char escape);

/// Words that blanks separate, without regard to quotes, as COPY and EXPOSE have them.
std::vector<Piece> split_blanks(std::string_view text);

/// The text before the first run of blanks and the text after it, if there is one.
std::pair<Piece, std::optional<Piece>> split_first(std::string_view text);

/// "--name=value" words at the front, without quotes and backslashes, up to "--" or a word that is no flag.
struct Flags {
  std::vector<Piece> flags;
  std::size_t rest = 0;  // offset of what follows
};
Flags split_flags(std::string_view text);

/// The strings of a JSON array. Nothing if TEXT is not a JSON array; throws Error if an element is not a
/// string.
std::optional<std::vector<Piece>> parse_json_form(std::string_view text);

}  // namespace husk::dockerfile
