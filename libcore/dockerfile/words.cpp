#include "libcore/dockerfile/words.hpp"

#include "libcore/dockerfile/runes.hpp"

namespace husk::dockerfile {
namespace {

constexpr std::string_view blanks = "\t\v\f\r ";

// Collects one word after the other.
class WordCollector {
 public:
  void put(std::string_view bytes, std::size_t offset) {
    start(offset);
    word_.text += bytes;
  }
  void start(std::size_t offset) {
    if (!started_) word_.offset = offset;
    started_ = true;
  }
  void allow_empty() { empty_ok_ = true; }
  void finish() {
    if (empty_ok_ || !word_.text.empty()) words.push_back(std::move(word_));
    word_ = {};
    started_ = empty_ok_ = false;
  }
  const std::string& text() const { return word_.text; }

  std::vector<Piece> words;

 private:
  Piece word_;
  bool started_ = false;
  bool empty_ok_ = false;
};

}  // namespace

Word part_of(const Word& word, std::size_t offset, std::size_t count) {
  Word part{word.text.substr(offset, count), word.at};
  for (std::size_t i = 0; i < offset; i += rune_at(word.text, i).size) ++part.at.column;
  return part;
}

std::vector<Piece> split_words(std::string_view text, char escape) {
  WordCollector out;
  const auto escape_code = static_cast<char32_t>(escape);
  char32_t quote = 0;
  for (std::size_t i = 0; i < text.size();) {
    Rune rune = rune_at(text, i);
    if (quote == 0 && is_space(rune.code)) {
      out.finish();
      i += rune.size;
      continue;
    }
    if (quote != 0 && rune.code == quote) {
      quote = 0;
    } else if (quote == 0 && (rune.code == '\'' || rune.code == '"')) {
      quote = rune.code;
      out.allow_empty();
    } else if (rune.code == escape_code && quote != '\'') {
      if (i + rune.size == text.size()) break;  // nothing to escape
      out.put(text.substr(i, rune.size), i);
      i += rune.size;
      rune = rune_at(text, i);
    }
    out.put(text.substr(i, rune.size), i);
    i += rune.size;
  }
  out.finish();
  return std::move(out.words);
}

std::vector<Piece> split_blanks(std::string_view text) {
  std::vector<Piece> words;
  std::size_t begin = 0;
  while (begin <= text.size() && !text.empty()) {
    const auto end = std::min(text.find_first_of(blanks, begin), text.size());
    words.push_back({std::string(text.substr(begin, end - begin)), begin});
    if (end == text.size()) break;
    begin = std::min(text.find_first_not_of(blanks, end), text.size());
  }
  return words;
}

std::pair<Piece, std::optional<Piece>> split_first(std::string_view text) {
  const auto end = text.find_first_of(blanks);
  Piece first{std::string(text.substr(0, end)), 0};
  if (end == std::string_view::npos) return {std::move(first), std::nullopt};
  const auto next = std::min(text.find_first_not_of(blanks, end), text.size());
  return {std::move(first), Piece{std::string(text.substr(next)), next}};
}

Flags split_flags(std::string_view text) {
  WordCollector out;
  char quote = 0;
  bool in_word = false;
  std::size_t i = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    const bool space = blanks.find(c) != std::string_view::npos;
    if (!in_word) {
      if (space) continue;
      if (!text.substr(i).starts_with("--")) return {std::move(out.words), i};
      in_word = true;
      out.start(i);
    }
    if (quote == 0 && space) {
      if (out.text() == "--") return {std::move(out.words), i};
      out.finish();
      in_word = false;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
      out.allow_empty();
    } else if (c == '\\') {
      if (i + 1 == text.size()) break;
      ++i;
      out.put(text.substr(i, 1), i);
    } else {
      out.put(text.substr(i, 1), i);
    }
  }
  if (in_word && out.text() != "--") out.finish();
  return {std::move(out.words), text.size()};
}

}  // namespace husk::dockerfile
