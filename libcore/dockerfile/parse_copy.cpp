#include "libcore/dockerfile/parse_copy.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/hex.hpp"
#include "libcore/dockerfile/change_mode.hpp"
#include "libcore/dockerfile/heredoc.hpp"
#include "libcore/dockerfile/ignore_file.hpp"
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

void check_chmod(const Word& mode) {
  if (mode.empty() || mode.text.find('$') != std::string::npos) return;
  try {
    (void)change_mode(0644, mode.text);
  } catch (const Error& error) {
    throw SyntaxError(mode.at, error.what());
  }
}

void check_exclude(const Word& pattern) {
  if (pattern.text.find('$') != std::string::npos) return;
  try {
    (void)IgnoreMatcher({pattern.text});
  } catch (const Error& error) {
    throw SyntaxError(pattern.at, cat("--exclude: ", error.what()));
  }
}

// The digest of what is downloaded, or the commit of a git repository.
void check_checksum(const Word& checksum) {
  if (checksum.empty() || checksum.text.find('$') != std::string::npos) return;
  const std::string_view text = checksum.text;
  const auto colon = text.find(':');
  const std::string_view algorithm = colon == std::string_view::npos ? "" : text.substr(0, colon);
  const std::string_view hex = text.substr(colon + 1);  // npos + 1 is 0
  const bool is_commit = colon == std::string_view::npos && hex.size() >= 7 && hex.size() <= 64;
  const bool right = is_commit || (algorithm == "sha256" && hex.size() == 64) ||
                     (algorithm == "sha384" && hex.size() == 96) ||
                     (algorithm == "sha512" && hex.size() == 128);
  if (!is_hex(hex) || !right) {
    throw SyntaxError(checksum.at, cat("--checksum=", escape(checksum.text),
                                       ": expected sha256:HEX, sha384:HEX, sha512:HEX, or the commit of a "
                                       "git repository"));
  }
}

}  // namespace

Copy parse_copy(const Node& node, FlagReader& flags) {
  Copy copy;
  copy.add = node.keyword == "add";
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
  Diagnostics& diagnostics = flags.diagnostics();
  diagnostics.run([&] { check_chmod(copy.chmod); });
  diagnostics.run([&] { check_checksum(copy.checksum); });
  for (const Word& pattern : copy.exclude) diagnostics.run([&] { check_exclude(pattern); });

  const std::string keyword = to_upper(node.keyword);
  if (node.arguments.size() < 2) {
    throw SyntaxError(node.at, cat(keyword, " requires at least two arguments, but only ",
                                   node.arguments.size(), " provided. Destination could not be determined"));
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
