#pragma once

#include <string>
#include <string_view>

namespace husk::cli {

// CLI11 takes a word "[a,b]" for a list where several words may stand. Here it never is one, but a test in a
// shell's script: husk-run app sh -c '[ -e /x ] && [ -e /y ]'. So it is parsed with a mark in front, which no
// list has.

constexpr char literal_mark = '\x01';

inline std::string mark_literal(std::string_view word) {
  const bool like_a_list = word.starts_with('[') && word.ends_with(']');
  return like_a_list || word.starts_with(literal_mark) ? literal_mark + std::string(word) : std::string(word);
}

inline std::string unmark_literal(std::string word) {
  if (word.starts_with(literal_mark)) word.erase(0, 1);
  return word;
}

}  // namespace husk::cli
