#pragma once

#include "libcore/dockerfile/source.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace husk::dockerfile {

/// An instruction's text with its continuation lines joined; knows where each character of it came from.
class LogicalLine {
 public:
  void append(std::string_view text, int line, int column);
  const std::string& text() const noexcept { return text_; }
  Position position(std::size_t offset) const;

 private:
  struct Piece {
    std::size_t offset;
    int line;
    int column;
  };
  std::string text_;
  std::vector<Piece> pieces_;
};

/// One line of the file. CONTENT has neither the end of the line nor, in the first one, a byte order mark.
struct PhysicalLine {
  std::string_view content;
  std::string_view whole;  // with its end, for heredocs
  int number = 0;
};

/// Cuts a text into lines.
class LineReader {
 public:
  explicit LineReader(std::string_view text);
  std::optional<PhysicalLine> next();
  int number() const noexcept { return number_; }

 private:
  std::string_view rest_;
  int number_ = 0;
};

/// "# NAME = VALUE" at the top of the file, the name in lower case; nothing if LINE (without leading blanks)
/// is not one that we know.
struct Directive {
  std::string name;
  std::string value;
};
std::optional<Directive> parse_directive(std::string_view line);

/// LINE without the escape character (and the blanks after it) at its end; nothing if there is none.
std::optional<std::string_view> strip_continuation(std::string_view line, char escape);

}  // namespace husk::dockerfile
