#include "libcore/dockerfile/path_pattern.hpp"

#include "libcore/base/error.hpp"
#include "libcore/dockerfile/runes.hpp"

#include <algorithm>

namespace husk::dockerfile {
namespace {

Error bad_pattern(std::string_view pattern) { return Error(cat("syntax error in pattern ", quote(pattern))); }

}  // namespace

PathPattern::PathPattern(std::string_view pattern, Dialect dialect) : text_(pattern) {
  compile(pattern, dialect);
}

// The rules of patternmatcher.Pattern.compile(): which kind a pattern is decides what it matches, "**file"
// (suffix) crosses "/", "**file*" (general) does not.
void PathPattern::compile(std::string_view pattern, Dialect dialect) {
  using Type = Token::Type;
  for (std::size_t i = 0; i < pattern.size();) {
    const std::size_t begin = i;
    const Rune rune = rune_at(pattern, i);
    i += rune.size;
    if (rune.code == '*' && dialect == Dialect::ignore && pattern.substr(i).starts_with('*')) {
      ++i;
      if (pattern.substr(i).starts_with('/')) ++i;
      const bool last = i == pattern.size();
      tokens_.push_back({last ? Type::rest : Type::directories});
      kind_ = last && kind_ == Kind::exact ? Kind::prefix : Kind::general;
      if (begin == 0) kind_ = Kind::suffix;
    } else if (rune.code == '*' || rune.code == '?') {
      tokens_.push_back({rune.code == '*' ? Type::star : Type::any});
      kind_ = Kind::general;
    } else if (rune.code == '[') {
      tokens_.push_back(parse_set(pattern, i));
      kind_ = Kind::general;
    } else if (rune.code == '\\') {
      if (i == pattern.size()) throw bad_pattern(pattern);
      const Rune escaped = rune_at(pattern, i);
      i += escaped.size;
      tokens_.push_back({Type::character, escaped.code});
      kind_ = Kind::general;
    } else {
      if (rune.code == ']') kind_ = Kind::general;
      tokens_.push_back({Type::character, rune.code});
    }
  }
}

// After "[": an optional "^", then at least one of "c", "c-c", where c may be escaped, then "]".
PathPattern::Token PathPattern::parse_set(std::string_view pattern, std::size_t& pos) {
  Token set{Token::Type::set};
  const auto next = [&] {
    if (pos >= pattern.size()) throw bad_pattern(pattern);
    bool escaped = pattern[pos] == '\\';
    if (escaped && ++pos >= pattern.size()) throw bad_pattern(pattern);
    const Rune rune = rune_at(pattern, pos);
    if (!escaped && (rune.code == '-' || rune.code == ']')) throw bad_pattern(pattern);
    pos += rune.size;
    return rune.code;
  };
  if (pattern.substr(pos).starts_with('^')) {
    set.negated = true;
    ++pos;
  }
  do {
    const char32_t low = next();
    char32_t high = low;
    if (pattern.substr(pos).starts_with('-')) {
      ++pos;
      high = next();
    }
    set.ranges.emplace_back(low, high);
  } while (!pattern.substr(pos).starts_with(']'));
  ++pos;
  return set;
}

bool PathPattern::accepts(const Token& token, char32_t code) {
  switch (token.type) {
    case Token::Type::character: return token.code == code;
    case Token::Type::set:
      return token.negated != std::any_of(token.ranges.begin(), token.ranges.end(), [&](const auto& range) {
               return range.first <= code && code <= range.second;
             });
    case Token::Type::rest:
    case Token::Type::directories: return true;
    case Token::Type::any:
    case Token::Type::star: break;
  }
  return code != '/';
}

bool PathPattern::matches(std::string_view path) const {
  const std::string_view text = text_;
  switch (kind_) {
    case Kind::exact: return path == text;
    case Kind::prefix: return path.starts_with(text.substr(0, text.find("**")));
    case Kind::suffix: {
      const std::string_view suffix = text.substr(2);  // "**/dir" is "dir" too
      return path.ends_with(suffix) || (suffix.starts_with('/') && path == suffix.substr(1));
    }
    case Kind::general: break;
  }
  return matches_tokens(path);
}

// Thompson's simulation: the set of tokens that may come next, one step a character. A state is the number of
// a token; "directories" has a second one, in which it waits for its "/".
bool PathPattern::matches_tokens(std::string_view path) const {
  using Type = Token::Type;
  const std::size_t count = tokens_.size();
  std::vector<std::size_t> now, then;
  std::vector<std::size_t> seen((count + 1) * 2, 0);
  std::size_t step = 0;
  // Adds a state, and those that are reached without a character.
  const auto add = [&](std::vector<std::size_t>& states, std::size_t state) {
    for (;;) {
      if (seen[state] == step) return;
      seen[state] = step;
      states.push_back(state);
      const std::size_t token = state % (count + 1);
      if (state > count || token == count) return;
      const Type type = tokens_[token].type;
      if (type == Type::directories) {
        states.push_back(state + count + 1);
        seen[state + count + 1] = step;
      }
      if (type != Type::star && type != Type::rest && type != Type::directories) return;
      state = token + 1;
    }
  };
  ++step;
  add(now, 0);
  for (std::size_t i = 0; i < path.size() && !now.empty();) {
    const Rune rune = rune_at(path, i);
    i += rune.size;
    ++step;
    then.clear();
    for (const std::size_t state : now) {
      const std::size_t token = state % (count + 1);
      if (token == count) continue;
      const Type type = tokens_[token].type;
      if (state > count) {  // inside "(.*/)?"
        if (seen[state] != step) {
          seen[state] = step;
          then.push_back(state);
        }
        if (rune.code == '/') add(then, token + 1);
      } else if (type != Type::directories && accepts(tokens_[token], rune.code)) {
        add(then, type == Type::star || type == Type::rest ? token : token + 1);
      }
    }
    std::swap(now, then);
  }
  return std::find(now.begin(), now.end(), count) != now.end();
}

std::string_view PathPattern::literal_prefix() const {
  return std::string_view(text_).substr(0, text_.find_first_of("*?[\\"));
}

}  // namespace husk::dockerfile
