#include "libcore/dockerfile/source.hpp"

#include "libcore/dockerfile/limits.hpp"

namespace husk::dockerfile {
namespace {

constexpr std::size_t widest_shown = 200;

std::string_view find_line(std::string_view text, int number) {
  for (int line = 1; line < number; ++line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

}  // namespace

std::string in_double_quotes(std::string_view text) { return cat("\"", escape(text), "\""); }

Source::Source(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {
  if (text_.size() > max_file_size)
    throw Error(cat(quote(name_), " is larger than ", max_file_size, " bytes"));
}

std::string Source::explain(Position at, std::string_view reason) const {
  std::string message = cat(escape(name_), ":", at.line, ":", at.column, ": ", reason);
  const std::string_view line = find_line(text_, at.line);
  if (line.empty()) return message;

  // A tab is shown as one blank, so that the caret stands where it should.
  std::string shown, indent;
  int column = 1;
  for (std::size_t i = 0; i < line.size() && shown.size() < widest_shown; ++i) {
    if (!continues_character(line[i]) && column++ < at.column) indent += ' ';
    shown += line[i] == '\t' ? ' ' : line[i];
  }
  const std::string number = std::to_string(at.line);
  const std::string margin(number.size(), ' ');
  return cat(message, "\n ", number, " | ", escape(shown), "\n ", margin, " | ", indent, "^");
}

void Source::fail(Position at, std::string_view reason, std::string hint) const {
  Error error(explain(at, reason));
  error.set_hint(std::move(hint));
  throw error;
}

}  // namespace husk::dockerfile
