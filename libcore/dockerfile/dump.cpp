#include "libcore/base/ascii.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/dockerfile/syntax.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

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
    } else if (const auto byte = static_cast<unsigned char>(c);
               rune.size == 1 && (byte < 0x20 || byte >= 0x7f)) {
      out += "\\x";
      out += hex[byte >> 4U];
      out += hex[byte & 0xfU];
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

using Json = nlohmann::ordered_json;

Json describe(const Heredoc& heredoc) {
  return {{"name", heredoc.name},
          {"fd", heredoc.fd},
          {"expand", heredoc.expand},
          {"chomp", heredoc.chomp},
          {"content", heredoc.content}};
}

enum class Lines : std::uint8_t { known, none };

Json describe(const Node& node, Lines lines) {
  Json out = {{"cmd", to_upper(node.keyword)}, {"args", Json::array()}};
  for (const Word& word : node.arguments) out["args"].push_back(word.text);
  for (const Word& flag : node.flags) out["flags"].push_back(flag.text);
  if (node.json) out["json"] = true;
  for (const Heredoc& heredoc : node.heredocs) out["heredocs"].push_back(describe(heredoc));
  out["start"] = lines == Lines::known ? node.first_line : 0;
  out["end"] = lines == Lines::known ? node.last_line : 0;
  for (const Node& sub : node.sub) out["sub"] = describe(sub, Lines::none);
  return out;
}

}  // namespace

std::string print_json(const SyntaxTree& tree, std::string_view name) {
  const auto is_from = [](const Node& node) { return node.keyword == "from"; };
  const auto& nodes = tree.instructions;
  const auto first = std::find_if(nodes.begin(), nodes.end(), is_from);
  Json instructions = Json::array();
  for (const Node& node : nodes) instructions.push_back(describe(node, Lines::known));
  const Json out = {{"escape", std::string(1, tree.escape)},
                    {"file", name},
                    {"instructions", std::move(instructions)},
                    {"meta_args", std::count_if(nodes.begin(), first,
                                                [](const Node& node) { return node.keyword == "arg"; })},
                    {"stages", std::count_if(nodes.begin(), nodes.end(), is_from)}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string print_sexp(const SyntaxTree& tree) {
  std::string out;
  for (const Node& node : tree.instructions) out += "(" + print_node(node) + ")\n";
  return out;
}

}  // namespace husk::dockerfile
