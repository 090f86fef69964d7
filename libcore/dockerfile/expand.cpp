#include "libcore/dockerfile/expand.hpp"

#include "libcore/base/error.hpp"
#include "libcore/dockerfile/limits.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/substitute.hpp"

namespace husk::dockerfile {
namespace {

constexpr char32_t end_of_text = 0xffffffff;

// The words that a text falls into at white space.
class WordSplitter {
 public:
  void put(std::string_view text) {  // white space in it separates
    for (std::size_t i = 0; i < text.size();) {
      const Rune rune = rune_at(text, i);
      if (!is_space(rune.code)) {
        word_ += text.substr(i, rune.size);
      } else {
        finish();
      }
      i += rune.size;
    }
  }
  void put_raw(std::string_view text) { word_ += text; }
  std::vector<std::string> take() {
    finish();
    return std::move(words_);
  }

 private:
  void finish() {
    if (!word_.empty()) words_.push_back(std::move(word_));
    word_.clear();
  }
  std::vector<std::string> words_;
  std::string word_;
};

class Expander {
 public:
  Expander(std::string_view text, const Variables& variables, const ExpandOptions& options, Expansion& result)
      : text_(text), variables_(variables), options_(options), result_(result) {}

  void run() {
    WordSplitter words;
    result_.text = until(end_of_text, options_.keep_escapes, &words);
    result_.words = words.take();
  }

 private:
  char32_t peek() const { return pos_ < text_.size() ? rune_at(text_, pos_).code : end_of_text; }
  bool at_end() const { return pos_ >= text_.size(); }
  std::string_view next() {
    if (at_end()) return {};
    const std::size_t size = rune_at(text_, pos_).size;
    pos_ += size;
    return text_.substr(pos_ - size, size);
  }

  // Everything up to STOP, which is taken too.
  std::string until(char32_t stop, bool keep_escapes, WordSplitter* words) {
    if (++depth_ > max_expansion_depth)
      throw Error(cat("variables nest deeper than ", max_expansion_depth, " levels"));
    std::string out;
    const auto put = [&](std::string_view piece, bool raw) {
      out += piece;
      if (out.size() > max_expansion_size) throw Error("the expanded text is too long");
      if (words != nullptr) raw ? words->put_raw(piece) : words->put(piece);
    };
    while (!at_end()) {
      const char32_t c = peek();
      if (c == stop) {
        next();
        --depth_;
        return out;
      }
      if (c == '$') {
        put(dollar(), false);
      } else if (c == '\'' && !options_.ignore_quotes) {
        put(single_quote(), true);
      } else if (c == '"' && !options_.ignore_quotes) {
        put(double_quote(keep_escapes), true);
      } else if (is_escape(c)) {
        const std::string_view escape = next();
        if (keep_escapes) put(escape, true);
        put(next(), true);
      } else {
        put(next(), false);
      }
    }
    if (stop != end_of_text)
      throw Error(stop == '/' ? "syntax error: missing '/' in ${}" : "syntax error: missing '}'");
    --depth_;
    return out;
  }

  bool is_escape(char32_t c) const { return c == static_cast<unsigned char>(options_.escape); }

  std::string single_quote() {
    std::string out;
    if (options_.keep_quotes) out += '\'';
    next();
    const auto end = text_.find('\'', pos_);
    if (end == std::string_view::npos) {
      throw Error("unexpected end of statement while looking for matching single-quote");
    }
    out += text_.substr(pos_, end - pos_);
    if (options_.keep_quotes) out += '\'';
    pos_ = end + 1;
    return out;
  }

  std::string double_quote(bool keep_escapes) {
    std::string out;
    if (options_.keep_quotes) out += '"';
    next();
    for (;;) {
      const char32_t c = peek();
      if (c == end_of_text)
        throw Error("unexpected end of statement while looking for matching double-quote");
      if (c == '$') {
        out += dollar();
        continue;
      }
      std::string_view taken = next();
      if (c == '"') {
        if (options_.keep_quotes) out += '"';
        return out;
      }
      if (is_escape(c)) {
        if (keep_escapes) out += taken;
        if (at_end()) continue;
        // Only these can be escaped in double quotes; before anything else the escape character is itself.
        if (peek() == '"' || peek() == '$' || is_escape(peek())) taken = next();
      }
      out += taken;
    }
  }

  std::string dollar() {
    next();
    if (peek() != '{') {
      const std::string name = variable_name();
      if (name.empty()) return "$";
      const std::string* value = find(name);
      if (value == nullptr) return options_.keep_unset ? "$" + name : "";
      return *value;
    }
    next();
    switch (peek()) {
      case end_of_text: throw Error("syntax error: missing '}'");
      case '{':
      case '}':
      case ':': throw Error("syntax error: bad substitution");
      default: break;
    }
    const std::string name = variable_name();
    return modified(name);
  }

  // After "${name".
  std::string modified(const std::string& name) {
    if (at_end()) throw Error("syntax error: missing '}'");
    std::string modifier(next());
    if (modifier == "}") {
      const std::string* value = find(name);
      if (value == nullptr) return options_.keep_unset ? cat("${", name, "}") : "";
      return *value;
    }
    if (modifier == "/") return replaced(name);
    const bool null_is_unset = modifier == ":";
    if (null_is_unset) modifier += next();
    const char kind = modifier.empty() ? '\0' : modifier.back();
    const bool known = modifier.size() == (null_is_unset ? 2U : 1U) &&
                       std::string_view(null_is_unset ? "+-?" : "+-?#%").find(kind) != std::string_view::npos;
    if (!known) throw Error(cat("unsupported modifier (", escape(modifier), ") in substitution"));

    const std::string word = until('}', kind == '#' || kind == '%', nullptr);
    const std::string* value = find(name);
    if (value == nullptr && options_.keep_unset) return cat("${", name, modifier, word, "}");
    const bool missing = value == nullptr || (null_is_unset && value->empty());
    switch (kind) {
      case '-': return missing ? word : *value;
      case '+': return missing ? "" : word;
      case '?':
        if (!missing) return *value;
        if (!word.empty()) throw Error(cat(name, ": ", escape(word)));
        throw Error(
            cat(name, value == nullptr ? ": is not allowed to be unset" : ": is not allowed to be empty"));
      default: return trimmed(value == nullptr ? "" : *value, word, kind);
    }
  }

  static std::string trimmed(const std::string& value, std::string_view pattern, char kind) {
    const bool longest = pattern.starts_with(kind);
    if (longest) pattern.remove_prefix(1);
    const Match match = longest ? Match::longest : Match::shortest;
    return kind == '#' ? remove_prefix(value, pattern, match) : remove_suffix(value, pattern, match);
  }

  std::string replaced(const std::string& name) {
    const Which which = peek() == '/' ? Which::all : Which::first;
    if (which == Which::all) next();
    const std::string pattern = until('/', true, nullptr);
    const std::string replacement = until('}', true, nullptr);
    const std::string* value = find(name);
    if (value == nullptr && options_.keep_unset) return cat("${", name, "/", pattern, "/", replacement, "}");
    return replace(value == nullptr ? "" : *value, pattern, replacement, which);
  }

  // Letters, digits and "_"; or digits only; or one of the shell's special parameters, which are never set
  // here.
  std::string variable_name() {
    constexpr std::string_view special = "@*#?-$!";
    const auto is_digit = [](char32_t c) { return c >= '0' && c <= '9'; };
    const char32_t first = peek();
    if (first < 0x80 && special.find(static_cast<char>(first)) != std::string_view::npos)
      return std::string(next());
    std::string name;
    while (!at_end()) {
      const char32_t c = peek();
      if (is_digit(first) ? !is_digit(c) : !is_name_character(c)) break;
      name += next();
    }
    return name;
  }

  const std::string* find(const std::string& name) {
    const auto found = variables_.find(name);
    const bool set = found != variables_.end();
    (set ? result_.matched : result_.unmatched).insert(name);
    return set ? &found->second : nullptr;
  }

  std::string_view text_;
  const Variables& variables_;
  const ExpandOptions& options_;
  Expansion& result_;
  std::size_t pos_ = 0;
  int depth_ = 0;
};

}  // namespace

Expansion expand(std::string_view word, const Variables& variables, const ExpandOptions& options) {
  Expansion result;
  Expander(word, variables, options, result).run();
  return result;
}

Expansion expand_word(const Word& word, const Variables& variables, const ExpandOptions& options) {
  try {
    return expand(word.text, variables, options);
  } catch (const Error& error) {
    throw SyntaxError(word.at, cat("failed to process ", quote(word.text), ": ", error.what()));
  }
}

}  // namespace husk::dockerfile
