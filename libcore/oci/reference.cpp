#include "libcore/oci/reference.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/hex.hpp"

#include <algorithm>

namespace husk::oci {
namespace {

constexpr std::string_view hub = "docker.io";
constexpr std::size_t max_repository = 255;
constexpr std::size_t max_tag = 128;

bool is_path_character(char c) { return is_lower(c) || is_digit(c); }

// True if each piece of TEXT between separators passes TEST.
template <class Test>
bool all_parts(std::string_view text, char separator, const Test& test) {
  for (;;) {
    const auto end = text.find(separator);
    if (!test(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

// [a-z0-9]+ (?: (?: [._] | __ | -+ ) [a-z0-9]+ )*
bool is_path_component(std::string_view text) {
  const auto is_separator = [](std::string_view run) {
    return run == "." || run == "_" || run == "__" ||
           std::ranges::all_of(run, [](char c) { return c == '-'; });
  };
  bool after_word = false;
  while (!text.empty()) {
    const auto word =
        static_cast<std::size_t>(std::ranges::find_if_not(text, is_path_character) - text.begin());
    if (word == 0) return false;
    after_word = true;
    text.remove_prefix(word);
    const auto run = static_cast<std::size_t>(std::ranges::find_if(text, is_path_character) - text.begin());
    if (run > 0 && (!is_separator(text.substr(0, run)) || run == text.size())) return false;
    text.remove_prefix(run);
  }
  return after_word;
}

bool is_host_component(std::string_view text) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '-'; };
  return !text.empty() && text.front() != '-' && text.back() != '-' && std::ranges::all_of(text, allowed);
}

bool is_registry(std::string_view text) {
  std::size_t port = 0;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    const auto allowed = [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':';
    };
    if (end == std::string_view::npos || end < 2 || !std::ranges::all_of(text.substr(1, end - 1), allowed)) {
      return false;
    }
    port = end + 1;
  } else {
    port = std::min(text.find(':'), text.size());
    if (!all_parts(text.substr(0, port), '.', is_host_component)) return false;
  }
  if (port == text.size()) return true;
  const std::string_view digits = text.substr(port + 1);
  return text[port] == ':' && !digits.empty() && std::ranges::all_of(digits, is_digit);
}

bool is_tag(std::string_view text) {
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; };
  return !text.empty() && text.size() <= max_tag && text.front() != '.' && text.front() != '-' &&
         std::ranges::all_of(text, allowed);
}

[[noreturn]] void refuse(std::string_view text, std::string_view why, std::string hint = "") {
  Error error(cat("invalid image name ", quote(text), ": ", why), Exit::usage);
  error.set_hint(std::move(hint));
  throw error;
}

Digest parse_reference_digest(std::string_view text, std::string_view digest) {
  if (const auto parsed = Digest::parse(digest)) return *parsed;
  if (digest.starts_with("sha512:") || digest.starts_with("sha384:")) {
    refuse(text, "only sha256 digests are supported");
  }
  refuse(text, cat(quote(digest), " is not a digest"), "a digest is sha256: and 64 hexadecimal digits");
}

// The first component is a registry if it can't be anything else: it has a dot, a port or an upper-case
// letter, or it is localhost. See distribution/reference, normalize.go, splitDockerDomain().
void split_registry(std::string_view name, Reference& reference) {
  const auto slash = name.find('/');
  const std::string_view first = name.substr(0, slash);
  const bool is_host =
      slash != std::string_view::npos && (first.find_first_of(".:") != std::string_view::npos ||
                                          first == "localhost" || std::ranges::any_of(first, is_upper));
  reference.registry = is_host ? first : hub;
  reference.repository = is_host ? name.substr(slash + 1) : name;
  if (reference.registry == "index.docker.io") reference.registry = hub;
  if (reference.registry == hub && reference.repository.find('/') == std::string::npos) {
    reference.repository = "library/" + reference.repository;
  }
}

void check_repository(std::string_view text, const Reference& reference) {
  const std::string& name = reference.repository;
  if (name.size() > max_repository) {
    refuse(text, cat("the name of the repository is longer than ", max_repository, " characters"));
  }
  if (all_parts(name, '/', is_path_component)) return;
  if (std::ranges::any_of(name, is_upper)) {
    Reference lower = reference;
    for (char& c : lower.repository) {
      if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
    }
    const bool only_case = all_parts(lower.repository, '/', is_path_component);
    refuse(text, "the name of a repository has no upper-case letters",
           only_case ? cat("try ", quote(lower.familiar())) : "");
  }
  refuse(text, "the name of a repository is made of a-z, 0-9 and single separators between them");
}

}  // namespace

Reference parse_reference(std::string_view text) {
  if (text.empty()) refuse(text, "it is empty");
  Reference reference;
  std::string_view name = text;
  if (const auto at = name.find('@'); at != std::string_view::npos) {
    reference.digest = parse_reference_digest(text, name.substr(at + 1));
    name = name.substr(0, at);
  }
  // A colon after the last slash begins the tag; before it, it belongs to a port.
  const auto slash = name.rfind('/');
  const auto colon = name.find(':', slash == std::string_view::npos ? 0 : slash);
  if (colon != std::string_view::npos) {
    reference.tag = name.substr(colon + 1);
    name = name.substr(0, colon);
    if (!is_tag(reference.tag)) refuse(text, cat(quote(reference.tag), " is not a tag"));
  }
  if (name.size() == 64 && is_hex(name)) {
    refuse(text, "64 hexadecimal digits are an image id, not a name");
  }
  split_registry(name, reference);
  if (!is_registry(reference.registry)) {
    refuse(text, cat(quote(reference.registry), " is not the name of a registry"));
  }
  check_repository(text, reference);
  if (reference.tag.empty() && !reference.digest) reference.tag = "latest";
  return reference;
}

std::string Reference::str() const {
  std::string text = cat(registry, "/", repository);
  if (!tag.empty()) text += ":" + tag;
  if (digest) text += "@" + digest->str();
  return text;
}

std::string Reference::familiar_name() const {
  constexpr std::string_view official = "library/";
  if (registry != hub) return cat(registry, "/", repository);
  // "library/a/b" keeps its prefix: without it, it would be another name.
  const std::string_view rest =
      std::string_view(repository).substr(std::min(official.size(), repository.size()));
  const bool is_official = repository.starts_with(official) && rest.find('/') == std::string_view::npos;
  return std::string(is_official ? rest : std::string_view(repository));
}

std::string Reference::familiar() const {
  std::string text = familiar_name();
  if (!tag.empty() && (tag != "latest" || digest)) text += ":" + tag;
  if (digest) text += "@" + digest->str();
  return text;
}

}  // namespace husk::oci
