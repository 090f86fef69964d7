#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/syntax.hpp"

namespace husk::dockerfile {
namespace {

// A string as Go's %q prints it.
std::string go_quote(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  constexpr std::string_view named = "\a\b\f\n\r\t\v\\\"", letters = "abfnrtv\\\"";
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const Rune rune = rune_at(text, i);
    const char c = text[i];
    const auto known = rune.size == 1 ? named.find(c) : std::string_view::npos;
    if (known != std::string_view::npos) {
      out += '\\';
      out += letters[known];
    } else if (rune.size == 1 && (rune.code < 0x20 || rune.code >= 0x7f)) {
      out += "\\x";
      out += hex[rune.code >> 4];
      out += hex[rune.code & 0xf];
    } else {
      out += text.substr(i, rune.size);
    }
    i += rune.size;
  }
  return out + '"';
}

std::string print_node(const Node& node) {
  std::string out = node.keyword;
  for (std::size_t i = 0; i < node.flags.size(); ++i) {
    out += i == 0 ? " [" : " ";
    out += go_quote(node.flags[i].text);
  }
  if (!node.flags.empty()) out += "]";
  for (const Node& sub : node.sub) out += " (" + print_node(sub) + ")";
  for (const Word& word : node.arguments) out += " " + go_quote(word.text);
  return out;
}

}  // namespace

std::string print_sexp(const SyntaxTree& tree) {
  std::string out;
  for (const Node& node : tree.instructions) out += "(" + print_node(node) + ")\n";
  return out;
}

}  // namespace husk::dockerfile
