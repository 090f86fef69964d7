#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace husk::dockerfile {

/// glob: Go's filepath.Match, as in COPY: "*" and "?" stop at "/". ignore: moby's patternmatcher, which adds
/// "**" for any number of directories.
enum class Dialect : std::uint8_t { glob, ignore };

/// A pattern for a path that is relative and clean. Matching takes time proportional to the length of the
/// path and to the number of "*" that are open at once; there is no backtracking.
class PathPattern {
 public:
  /// moby's names for the ways a pattern is matched.
  enum class Kind : std::uint8_t { exact, prefix, suffix, general };

  /// Throws Error for a malformed "[…]".
  PathPattern(std::string_view pattern, Dialect dialect);

  bool matches(std::string_view path) const;
  Kind kind() const noexcept { return kind_; }
  const std::string& text() const noexcept { return text_; }
  /// What every path that matches begins with.
  std::string_view literal_prefix() const;

 private:
  struct Token {
    enum class Type : std::uint8_t { character, any, star, directories, rest, set };
    Type type;
    char32_t code = 0;
    bool negated = false;
    std::vector<std::pair<char32_t, char32_t>> ranges = {};
  };
  void compile(std::string_view pattern, Dialect dialect);
  static Token parse_set(std::string_view pattern, std::size_t& pos);
  bool matches_tokens(std::string_view path) const;
  static bool accepts(const Token& token, char32_t code);

  std::string text_;
  Kind kind_ = Kind::exact;
  std::vector<Token> tokens_;
};

}  // namespace husk::dockerfile
