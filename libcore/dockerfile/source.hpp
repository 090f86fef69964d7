#pragma once

#include "libcore/base/error.hpp"

#include <string>
#include <string_view>

namespace husk::dockerfile {

/// Line and column of a character, both counted from 1.
struct Position {
  int line = 0;
  int column = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

/// Something is wrong at one place of a Dockerfile. The message is the reason alone until Source::explain()
/// puts the place before it.
class SyntaxError : public Error {
 public:
  SyntaxError(Position at, std::string reason) : Error(std::move(reason)), at_(at) {}
  Position at() const noexcept { return at_; }

 private:
  Position at_;
};

/// TEXT, escaped, in the quotes that it has in BuildKit's messages.
std::string in_double_quotes(std::string_view text);

/// The text of a Dockerfile and the name that messages call it by.
class Source {
 public:
  Source(std::string name, std::string text);

  const std::string& name() const noexcept { return name_; }
  const std::string& text() const noexcept { return text_; }

  /// "NAME:LINE:COLUMN: REASON", the line itself and a caret below the column, as compilers do.
  std::string explain(Position at, std::string_view reason) const;

  /// Throws what explain() says, with HINT.
  [[noreturn]] void fail(Position at, std::string_view reason, std::string hint = {}) const;

 private:
  std::string name_;
  std::string text_;
};

}  // namespace husk::dockerfile
