#include "libcore/dockerfile/heredoc.hpp"

#include "libcore/dockerfile/expand.hpp"
#include "libcore/dockerfile/runes.hpp"

namespace husk::dockerfile {
namespace {

struct Operator {
  unsigned fd = 0;
  bool chomp = false;
  std::string_view rest;  // what stands behind "<<" and "<<-"
};

std::optional<Operator> parse_operator(std::string_view word) {
  Operator parsed;
  while (!word.empty() && word[0] >= '0' && word[0] <= '9' && parsed.fd < 100'000) {
    parsed.fd = parsed.fd * 10 + static_cast<unsigned>(word[0] - '0');
    word.remove_prefix(1);
  }
  if (!word.starts_with("<<")) return std::nullopt;
  word.remove_prefix(2);
  parsed.chomp = word.starts_with('-');
  parsed.rest = word.substr(parsed.chomp ? 1 : 0);
  if (parsed.rest.find('<') != std::string_view::npos) return std::nullopt;
  return parsed;
}

}  // namespace

std::string Heredoc::chomped() const {
  if (!chomp) return content;
  std::string out;
  bool line_start = true;
  for (const char c : content) {
    if (line_start && c == '\t') continue;
    out += c;
    line_start = c == '\n';
  }
  return out;
}

std::optional<Heredoc> parse_heredoc(std::string_view word) {
  const auto parsed = parse_operator(word);
  if (!parsed || parsed->rest.empty()) return std::nullopt;
  const auto words = expand(parsed->rest, {}, {.keep_unset = true}).words;
  if (words.size() != 1) return std::nullopt;
  // Once more with the quotes: where the two differ, some part was quoted, and the content is literal.
  const auto raw = expand(parsed->rest, {}, {.keep_quotes = true, .keep_unset = true}).words;
  return Heredoc{.name = words[0], .expand = raw == words, .chomp = parsed->chomp, .fd = parsed->fd};
}

std::vector<Heredoc> heredocs_in(std::string_view line) {
  std::vector<std::string> words;
  try {
    words = expand(line, {}, {.keep_quotes = true, .keep_escapes = true, .keep_unset = true}).words;
  } catch (const Error&) {
    return {};  // the shell's own quoting, which we don't read
  }
  std::vector<Heredoc> found;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto parsed = parse_operator(words[i]);
    if (parsed && parsed->rest.empty() && i + 1 < words.size()) {  // "<< EOF"
      std::string joined = words[i];
      joined += ' ';
      joined += words[++i];
      if (auto heredoc = parse_heredoc(joined)) found.push_back(std::move(*heredoc));
    } else if (parsed) {
      if (auto heredoc = parse_heredoc(words[i])) found.push_back(std::move(*heredoc));
    }
  }
  return found;
}

}  // namespace husk::dockerfile
