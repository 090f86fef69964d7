#include "libcore/build/git_reference.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"

#include <algorithm>
#include <array>

namespace husk::build {
namespace {

struct Parts {
  std::string_view scheme, path;  // "" and the path of "user@host:path"
  std::string remote;
  std::string query, fragment;
};

bool is_word(char c) { return is_alphanumeric(c) || c == '-' || c == '_'; }

// "git@host:path": a user, and no ":" or "@" in the host.
bool is_scp_style(std::string_view text) {
  const auto at = text.find('@');
  if (at == std::string_view::npos || at == 0 ||
      !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), is_word))
    return false;
  const auto colon = text.find_first_of(":@", at + 1);
  return colon != std::string_view::npos && text[colon] == ':' && colon > at + 1;
}

std::string decode_value(std::string_view text) {
  std::string out = decode_percent(text);
  std::replace(out.begin(), out.end(), '+', ' ');
  return out;
}

std::optional<Parts> take_apart(std::string_view text) {
  Parts parts;
  std::string_view rest = text;
  const auto cut = [&](char mark, std::string& into) {
    const auto at = rest.find(mark);
    if (at == std::string_view::npos) return;
    into = rest.substr(at + 1);
    rest = rest.substr(0, at);
  };
  cut('#', parts.fragment);
  cut('?', parts.query);
  parts.remote = rest;
  for (const std::string_view scheme : {"https", "http", "ssh", "git"}) {
    if (!rest.starts_with(cat(scheme, "://"))) continue;
    parts.scheme = scheme;
    rest.remove_prefix(scheme.size() + 3);
    const auto slash = rest.find('/');
    parts.path = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
    return parts;
  }
  if (!is_scp_style(rest)) return std::nullopt;
  parts.path = rest.substr(rest.find(':') + 1);
  return parts;
}

bool parse_bool(const std::string& key, std::string_view value) {
  constexpr std::array<std::string_view, 7> yes = {"", "1", "t", "T", "true", "TRUE", "True"};
  constexpr std::array<std::string_view, 6> no = {"0", "f", "F", "false", "FALSE", "False"};
  if (std::find(yes.begin(), yes.end(), value) != yes.end()) return true;
  if (std::find(no.begin(), no.end(), value) != no.end()) return false;
  throw Error(cat("invalid ", key, " value: ", quote(value)));
}

// What the query of a repository says, on top of its fragment.
class Query {
 public:
  explicit Query(GitReference& reference) : reference_(reference) {}

  void take(const std::string& key, const std::string& value) {
    if (key == "ref") {
      set_ref(value);
    } else if (key == "tag") {
      tag_ = value.starts_with("refs/tags/") ? value : cat("refs/tags/", value);
    } else if (key == "branch") {
      branch_ = value.starts_with("refs/heads/") ? value : cat("refs/heads/", value);
    } else if (key == "subdir") {
      if (!reference_.subdirectory.empty() && reference_.subdirectory != value)
        throw Error(cat("subdir conflicts: ", quote(reference_.subdirectory), " vs ", quote(value)));
      reference_.subdirectory = value;
    } else if (key == "checksum" || key == "commit") {
      reference_.checksum = value;
    } else if (key == "keep-git-dir") {
      reference_.keep_git_dir = parse_bool(key, value);
    } else if (key == "submodules") {
      reference_.submodules = parse_bool(key, value);
    } else if (key == "fetch-by-commit") {
      (void)parse_bool(key, value);  // a commit that is known is always fetched by itself
    } else if (key == "mtime") {
      if (value != "commit" && value != "checkout") throw Error(cat("invalid mtime value: ", quote(value)));
      reference_.times =
          value == "commit" ? GitReference::Times::of_commit : GitReference::Times::of_checkout;
    } else {
      throw Error(cat("unexpected query ", quote(key)));
    }
  }

  void finish() {
    if (!tag_.empty()) set_ref(tag_);
    if (branch_.empty()) return;
    if (!tag_.empty()) throw Error("branch conflicts with tag");
    set_ref(branch_);
  }

 private:
  void set_ref(const std::string& ref) {
    if (!reference_.ref.empty() && reference_.ref != ref)
      throw Error(cat("ref conflicts: ", quote(reference_.ref), " vs ", quote(ref)));
    reference_.ref = ref;
  }

  GitReference& reference_;
  std::string tag_, branch_;
};

void read_query(std::string_view query, GitReference& reference) {
  Query into(reference);
  while (!query.empty()) {
    const std::string_view item = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(item.size() + 1, query.size()));
    if (item.empty()) continue;
    const auto equals = item.find('=');
    into.take(decode_value(item.substr(0, equals)),
              equals == std::string_view::npos ? "" : decode_value(item.substr(equals + 1)));
  }
  into.finish();
}

}  // namespace

std::optional<GitReference> parse_git_reference(std::string_view text) {
  constexpr std::string_view hub = "github.com/";
  const bool like_a_path = text.starts_with(hub);
  const std::string url = like_a_path ? cat("https://", text) : std::string(text);
  const auto parts = take_apart(url);
  if (!parts) return std::nullopt;
  if (!like_a_path && parts->scheme.starts_with("http") && !parts->path.ends_with(".git"))
    return std::nullopt;
  GitReference reference{.remote = parts->remote};
  reference.like_a_path = like_a_path;
  const auto colon = parts->fragment.find(':');
  reference.ref = parts->fragment.substr(0, colon);
  if (colon != std::string::npos) reference.subdirectory = parts->fragment.substr(colon + 1);
  in_context([&] { return without_credentials(text); }, [&] { read_query(parts->query, reference); });
  return reference;
}

void check_git_reference(const GitReference& reference) {
  constexpr std::string_view special = " ~^:?*[\\";
  const std::string& ref = reference.ref;
  const bool odd = std::any_of(ref.begin(), ref.end(), [&](char c) {
    return static_cast<unsigned char>(c) < 0x21 || c == 0x7f || special.find(c) != std::string_view::npos;
  });
  // git-check-ref-format(1), and what would be an option.
  if (odd || ref.starts_with('-') || ref.find("..") != std::string::npos ||
      ref.find("@{") != std::string::npos)
    throw Error(cat(quote(ref), " is no name of a branch, tag or commit"));
  std::string_view host = reference.remote;
  if (const auto slashes = host.find("://"); slashes != std::string_view::npos)
    host.remove_prefix(slashes + 3);
  host = host.substr(0, host.find('/'));
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  if (host.empty() || host.starts_with('-')) throw Error(cat(quote(reference.remote), " names no host"));
}

bool is_commit_id(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string decode_percent(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string without_credentials(std::string_view text) {
  constexpr std::string_view scheme_end = "://";
  std::string out;
  for (auto at = text.find(scheme_end); at != std::string_view::npos; at = text.find(scheme_end)) {
    out += text.substr(0, at + scheme_end.size());
    text.remove_prefix(at + scheme_end.size());
    const auto end = text.substr(0, text.find_first_of("/?# \t\n\"'")).rfind('@');
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
  }
  return out += text;
}

}  // namespace husk::build
