#pragma once

#include "libcore/dockerfile/syntax.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace husk::dockerfile {

using Variables = std::map<std::string, std::string, std::less<>>;

/// How a word is read; the defaults are those of an instruction's arguments.
struct ExpandOptions {
  char escape = '\\';
  bool keep_quotes = false;    // quotes stay in the result
  bool keep_escapes = false;   // so do escape characters
  bool ignore_quotes = false;  // quotes mean nothing: the body of a heredoc
  bool keep_unset = false;     // "$x" and "${x…}" stay where x is not set
};

struct Expansion {
  std::string text;
  std::vector<std::string> words;   // split at white space that was not quoted
  std::set<std::string> matched;    // variables that were asked for and set
  std::set<std::string> unmatched;  // and not set
};

/// Removes quotes and escapes and replaces variables, in all forms of BuildKit: $v ${v} ${v:-w} ${v-w}
/// ${v:+w}
/// ${v+w} ${v:?m} ${v?m} ${v#p} ${v##p} ${v%p} ${v%%p} ${v/p/r} ${v//p/r}. Throws Error.
Expansion expand(std::string_view word, const Variables& variables, const ExpandOptions& options = {});

/// The same; throws SyntaxError with the place of WORD.
Expansion expand_word(const Word& word, const Variables& variables, const ExpandOptions& options);

}  // namespace husk::dockerfile
