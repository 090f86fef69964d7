#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace husk::build {

/// "https://host/repository.git#ref:subdirectory" or "?ref=…&subdir=…", as BuildKit reads it: a repository to
/// take files from.
struct GitReference {
  std::string remote;             // what git(1) is told, with user and password if they were there
  std::string ref = {};           // branch, tag, commit or full name; "" is the remote's HEAD
  std::string subdirectory = {};  // as written
  std::string checksum = {};      // the commit that it has to be, or how that begins
  std::optional<bool> keep_git_dir = {};
  bool submodules = true;
  enum class Times : std::uint8_t { of_commit, of_checkout } times = Times::of_commit;
  bool like_a_path = false;  // "github.com/owner/name": a directory of that name wins
};

/// Nothing for what is no repository, by its form. Throws Error for one whose query is wrong.
std::optional<GitReference> parse_git_reference(std::string_view text);

/// Throws Error for a ref that git could take for an option or for more than a name, and for a remote that
/// ssh(1) could.
void check_git_reference(const GitReference& reference);

/// Forty hexadecimal digits, or sixty-four: a commit that names itself.
bool is_commit_id(std::string_view text);

/// "%20" is a blank, and so on.
std::string decode_percent(std::string_view text);

/// TEXT without user names and passwords in the URLs that it is or has: for what is stored and printed.
std::string without_credentials(std::string_view text);

}  // namespace husk::build
