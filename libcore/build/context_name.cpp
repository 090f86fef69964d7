#include "libcore/build/context_name.hpp"

#include "libcore/base/ascii.hpp"
#include "libcore/base/error.hpp"
#include "libcore/dockerfile/runes.hpp"
#include "libcore/oci/reference.hpp"

#include <filesystem>

namespace husk::build {
namespace {

constexpr std::string_view image_scheme = "docker-image://", layout_scheme = "oci-layout://";

bool is_directory(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

std::optional<RemoteSource> parse_remote(const std::string& text) {
  try {
    if (auto remote = parse_remote_source(text)) return remote;
    // "github.com/owner/name" may be a directory.
    auto git = parse_git_reference(text);
    if (!git || is_directory(text)) return std::nullopt;
    check_git_reference(*git);
    if (!git->remote.ends_with(".git")) git->remote += ".git";
    return RemoteSource{text, std::move(git)};
  } catch (Error& error) {
    error.set_exit(Exit::usage);
    throw;
  }
}

}  // namespace

ContextName parse_context_name(const std::string& text) {
  if (text == "-") return {.kind = ContextName::Kind::standard_input, .text = text};
  if (auto remote = parse_remote(text))
    return {.kind = ContextName::Kind::remote, .text = text, .remote = std::move(remote)};
  return {.kind = ContextName::Kind::directory, .text = text};
}

ContextName parse_named_context(const std::string& text) {
  if (text.starts_with(image_scheme))
    return {.kind = ContextName::Kind::image, .text = text.substr(image_scheme.size())};
  if (text.starts_with(layout_scheme))
    return {.kind = ContextName::Kind::layout, .text = text.substr(layout_scheme.size())};
  ContextName name = parse_context_name(text);
  if (name.kind == ContextName::Kind::standard_input)
    throw Error("--build-context can't be standard input", Exit::usage);
  return name;
}

std::string context_key(std::string_view name) {
  std::string lower = to_lower(std::string(name));
  try {
    std::string familiar = oci::parse_reference(lower).familiar();
    constexpr std::string_view latest = ":latest";
    if (familiar.ends_with(latest)) familiar.resize(familiar.size() - latest.size());
    return familiar;
  } catch (const Error&) {
    return lower;  // the name of a stage need be none of an image
  }
}

const ContextName* find_context(const NamedContexts& contexts, std::string_view name) {
  if (contexts.empty()) return nullptr;
  const auto found = contexts.find(context_key(name));
  return found == contexts.end() ? nullptr : &found->second;
}

std::optional<std::string> image_name_of(const ContextName& context) {
  if (context.kind == ContextName::Kind::image) return context.text;
  if (context.kind == ContextName::Kind::layout) return cat(layout_scheme, context.text);
  return std::nullopt;
}

}  // namespace husk::build
