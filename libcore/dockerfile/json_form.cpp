#include "libcore/dockerfile/words.hpp"

#include "libcore/base/error.hpp"
#include "libcore/dockerfile/runes.hpp"

#include <nlohmann/json.hpp>

namespace husk::dockerfile {
namespace {

// The offset of the string literal that begins at or after OFFSET; and where it ends.
std::pair<std::size_t, std::size_t> next_literal(std::string_view text, std::size_t offset) {
  const std::size_t begin = text.find('"', offset);
  std::size_t end = begin + 1;
  while (text[end] != '"') end += text[end] == '\\' ? 2U : 1U;
  return {begin, end + 1};
}

// As Go reads JSON: what is not UTF-8 is U+FFFD.
std::string to_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const Rune rune = rune_at(text, i);
    out += is_code_point(rune.code) ? text.substr(i, rune.size) : "\ufffd";
    i += rune.size;
  }
  return out;
}

}  // namespace

std::optional<std::vector<Piece>> parse_json_form(std::string_view text) {
  if (!trim_left(text).starts_with('[')) return std::nullopt;
  const auto array = nlohmann::json::parse(to_utf8(text), nullptr, /*allow_exceptions=*/false);
  if (!array.is_array()) return std::nullopt;
  std::vector<Piece> words;
  std::size_t offset = 0;
  for (const auto& element : array) {
    if (!element.is_string()) {
      throw Error("when using JSON array syntax, arrays must be comprised of strings only");
    }
    const auto [begin, end] = next_literal(text, offset);
    words.push_back({element.get<std::string>(), begin});
    offset = end;
  }
  return words;
}

}  // namespace husk::dockerfile
