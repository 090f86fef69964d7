#include "libcore/cli/template_lexer.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace husk::cli {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_blank(char c) { return blanks.find(c) != std::string_view::npos; }
bool is_of_word(char c) { return is_alphanumeric(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }

class ActionLexer {
 public:
  // TEXT begins after the "{{".
  explicit ActionLexer(std::string_view text) : rest_(text) {}

  // Takes the tokens and the "}}"; whether that was a "-}}".
  bool run() {
    for (;;) {
      const std::size_t before = rest_.size();
      skip_blanks();
      const bool has_blank = rest_.size() != before || tokens.empty();
      if (has_blank && rest_.starts_with("-}}")) return rest_.remove_prefix(3), true;
      if (rest_.starts_with("}}")) return rest_.remove_prefix(2), false;
      if (rest_.empty()) throw Error("a \"{{\" has no \"}}\"", Exit::usage);
      Token token = take();
      token.follows_directly = !has_blank;
      tokens.push_back(std::move(token));
    }
  }

  std::string_view rest() const { return rest_; }
  std::vector<Token> tokens;

 private:
  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }

  std::string take_word() {
    std::size_t length = 0;
    while (length < rest_.size() && is_of_word(rest_[length])) ++length;
    std::string word(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return word;
  }

  Token take() {
    const char first = rest_.front();
    const char second = rest_.size() > 1 ? rest_[1] : '\0';
    if (first == '"' || first == '`' || first == '\'') return take_text(first);
    if (is_digit(first) || ((first == '-' || first == '+') && is_digit(second))) return take_number();
    if (first == '.') {
      rest_.remove_prefix(1);
      std::string name = take_word();
      return name.empty() ? Token{Token::Kind::dot} : Token{Token::Kind::field, std::move(name)};
    }
    if (first == '$') {
      rest_.remove_prefix(1);
      return {Token::Kind::variable, "$" + take_word()};
    }
    if (is_of_word(first)) return take_named();
    const std::size_t length = rest_.starts_with(":=") ? 2 : 1;
    const std::string sign(rest_.substr(0, length));
    if (length == 1 && std::string_view("()|,=").find(first) == std::string_view::npos)
      throw Error(cat("unexpected ", quote(sign), " in an action"), Exit::usage);
    rest_.remove_prefix(length);
    return {Token::Kind::sign, sign};
  }

  Token take_named() {
    const std::string word = take_word();
    if (word == "true" || word == "false") return {Token::Kind::literal, word, word == "true"};
    if (word == "nil") return {Token::Kind::literal, word, Value()};
    return {Token::Kind::word, word};
  }

  Token take_number() {
    std::size_t length = 1;
    while (length < rest_.size() && (is_alphanumeric(rest_[length]) || rest_[length] == '.')) ++length;
    const std::string text(rest_.substr(0, length));
    rest_.remove_prefix(length);
    const char* const first = text.data() + (text.front() == '+' ? 1 : 0);
    const char* const last = text.data() + text.size();
    std::int64_t whole = 0;
    if (const auto [end, failure] = std::from_chars(first, last, whole);
        failure == std::errc{} && end == last)
      return {Token::Kind::literal, text, whole};
    double number = 0;
    if (const auto [end, failure] = std::from_chars(first, last, number);
        failure == std::errc{} && end == last)
      return {Token::Kind::literal, text, number};
    throw Error(cat(quote(text), " is no number"), Exit::usage);
  }

  // "…" with the escapes that are common, `…` without; a character in single quotes is a number.
  Token take_text(char delimiter) {
    std::string text;
    rest_.remove_prefix(1);
    for (;;) {
      if (rest_.empty() || (rest_.front() == '\n' && delimiter != '`'))
        throw Error(cat("a text has no ", quote(std::string(1, delimiter)), " at its end"), Exit::usage);
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == delimiter) break;
      text += c == '\\' && delimiter != '`' ? take_escape(delimiter) : c;
    }
    if (delimiter != '\'') return {Token::Kind::literal, text, text};
    if (text.size() != 1) throw Error(cat(quote(text), " is not one ASCII character"), Exit::usage);
    return {Token::Kind::literal, text, static_cast<std::int64_t>(text.front())};
  }

  char take_escape(char delimiter) {
    constexpr std::array<std::pair<char, char>, 5> known = {
        {{'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'\\', '\\'}, {'0', '\0'}}};
    const char c = rest_.empty() ? '\0' : rest_.front();
    if (!rest_.empty()) rest_.remove_prefix(1);
    if (c == delimiter) return c;
    for (const auto& [name, meaning] : known) {
      if (c == name) return meaning;
    }
    throw Error(cat("unknown escape ", quote(std::string("\\") + c)), Exit::usage);
  }

  std::string_view rest_;
};

// What a comment is followed by; nothing if REST, which comes after "{{" or "{{-", is none.
std::optional<std::string_view> skip_comment(std::string_view rest) {
  if (!rest.starts_with("/*")) return std::nullopt;
  const auto end = rest.find("*/");
  if (end == std::string_view::npos) throw Error("a comment has no end", Exit::usage);
  return rest.substr(end + 2);
}

}  // namespace

std::vector<TemplatePart> split_template(std::string_view rest) {
  std::vector<TemplatePart> parts;
  bool eats = false;
  for (;;) {
    const auto open = rest.find("{{");
    std::string_view text = rest.substr(0, open);
    rest.remove_prefix(open == std::string_view::npos ? rest.size() : open + 2);
    if (eats) text.remove_prefix(std::min(text.size(), text.find_first_not_of(blanks)));
    const bool eats_before = rest.size() > 1 && rest.front() == '-' && is_blank(rest[1]);
    if (eats_before) {
      text = text.substr(0, text.find_last_not_of(blanks) + 1);
      rest.remove_prefix(2);
    }
    if (!text.empty()) parts.push_back({.is_action = false, .text = std::string(text)});
    if (open == std::string_view::npos) return parts;
    const auto after_comment = skip_comment(rest);
    ActionLexer lexer(after_comment.value_or(rest));
    eats = lexer.run();
    if (after_comment && !lexer.tokens.empty())
      throw Error("a comment has to be alone in its braces", Exit::usage);
    rest = lexer.rest();
    if (!after_comment) parts.push_back({.is_action = true, .tokens = std::move(lexer.tokens)});
  }
}

}  // namespace husk::cli
