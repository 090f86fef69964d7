#include "libcore/dockerfile/parse_copy.hpp"

#include "libcore/dockerfile/heredoc.hpp"
#include "libcore/dockerfile/runes.hpp"

#include <algorithm>

namespace husk::dockerfile {
namespace {

std::optional<Heredoc> heredoc_named_by(const Node& node, const Word& word) {
  std::optional<Heredoc> parsed;
  if (!node.json) {
    try {
      parsed = parse_heredoc(word.text);
    } catch (const Error& error) {
      throw SyntaxError(word.at, error.what());
    }
  }
  if (!parsed) return std::nullopt;
  const auto found = std::find_if(node.heredocs.begin(), node.heredocs.end(),
                                  [&](const Heredoc& each) { return each.name == parsed->name; });
  if (found != node.heredocs.end()) return *found;
  return parsed;
}

}  // namespace

Copy parse_copy(const Node& node, FlagReader& flags) {
  Copy copy;
  copy.add = node.keyword == "add";
  const std::string keyword = to_upper(node.keyword);
  if (node.arguments.size() < 2) {
    throw SyntaxError(node.at, cat(keyword, " requires at least two arguments, but only ",
                                   node.arguments.size(), " provided. Destination could not be determined"));
  }
  copy.chown = flags.take("chown");
  copy.chmod = flags.take("chmod");
  copy.link = flags.take_bool("link").value_or(false);
  copy.exclude = flags.take_all("exclude");
  if (copy.add) {
    copy.keep_git_dir = flags.take_bool("keep-git-dir").value_or(false);
    copy.checksum = flags.take("checksum");
    copy.unpack = flags.take_bool("unpack");
  } else {
    copy.from = flags.take("from");
    copy.parents = flags.take_bool("parents").value_or(false);
  }
  copy.destination = node.arguments.back();
  if (heredoc_named_by(node, copy.destination)) {
    throw SyntaxError(copy.destination.at, cat(keyword, " cannot accept a heredoc as a destination"));
  }
  for (std::size_t i = 0; i + 1 < node.arguments.size(); ++i) {
    const Word& word = node.arguments[i];
    auto heredoc = heredoc_named_by(node, word);
    const std::string path = heredoc ? heredoc->name : word.text;
    copy.sources.push_back({{path, word.at}, std::move(heredoc)});
  }
  return copy;
}

}  // namespace husk::dockerfile
