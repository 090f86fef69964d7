#include "libcore/registry/registries_conf.hpp"

#include "libcore/base/environment.hpp"
#include "libcore/base/error.hpp"
#include "libcore/base/io.hpp"
#include "libcore/registry/config_file.hpp"

#include <fcntl.h>
#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#endif
#include <toml++/toml.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace husk::registry {
namespace {

std::string text_of(const toml::table& table, std::string_view name) {
  return table[name].value<std::string>().value_or("");
}

/// A location or prefix: no scheme, no slash at the end.
std::string checked_location(std::string text, std::string_view what) {
  if (text.find("://") != std::string::npos)
    throw Error(cat("invalid ", what, " ", quote(text), ": it has a scheme"));
  while (text.ends_with('/')) text.pop_back();
  return text;
}

MirrorFor parse_use(const std::string& text, const std::string& location) {
  if (text.empty() || text == "all") return MirrorFor::all;
  if (text == "digest-only") return MirrorFor::digests;
  if (text == "tag-only") return MirrorFor::tags;
  throw Error(cat("unsupported pull-from-mirror value ", quote(text), " for mirror ", quote(location)));
}

void read_mirrors(const toml::table& table, RegistryEntry& entry) {
  const bool digests_only = table["mirror-by-digest-only"].value<bool>().value_or(false);
  const toml::array* const mirrors = table["mirror"].as_array();
  if (mirrors == nullptr) return;
  for (const toml::node& node : *mirrors) {
    const toml::table* const each = node.as_table();
    if (each == nullptr) throw Error("a registry.mirror is not a table");
    Mirror mirror;
    mirror.location = checked_location(text_of(*each, "location"), "location");
    if (mirror.location.empty()) throw Error("invalid condition: mirror location is unset");
    const std::string use = text_of(*each, "pull-from-mirror");
    if (digests_only && !use.empty()) {
      throw Error(cat("cannot set mirror-by-digest-only for the registry ", quote(entry.prefix),
                      " and pull-from-mirror for its mirror ", quote(mirror.location), " at the same time"));
    }
    mirror.insecure = (*each)["insecure"].value<bool>().value_or(false);
    mirror.used_for = digests_only ? MirrorFor::digests : parse_use(use, mirror.location);
    entry.mirrors.push_back(std::move(mirror));
  }
}

RegistryEntry read_entry(const toml::table& table) {
  RegistryEntry entry;
  entry.location = checked_location(text_of(table, "location"), "location");
  entry.prefix = checked_location(text_of(table, "prefix"), "location");
  if (entry.prefix.empty()) entry.prefix = entry.location;
  if (entry.location.empty() && !entry.prefix.starts_with("*.")) {
    throw Error("invalid condition: both location and prefix are unset, or prefix is no \"*.\" pattern");
  }
  if (!text_of(table, "pull-from-mirror").empty()) {
    throw Error(cat("pull-from-mirror must not be set for a non-mirror registry ", quote(entry.prefix)));
  }
  entry.insecure = table["insecure"].value<bool>().value_or(false);
  entry.blocked = table["blocked"].value<bool>().value_or(false);
  read_mirrors(table, entry);
  return entry;
}

void refuse_conflicts(const std::vector<RegistryEntry>& entries) {
  std::map<std::string, const RegistryEntry*> seen;
  for (const RegistryEntry& each : entries) {
    if (each.location.empty()) continue;
    const auto [first, added] = seen.try_emplace(each.location, &each);
    const auto conflict = [&](std::string_view setting) {
      throw Error(cat("registry ", quote(each.location), " is defined multiple times with conflicting '",
                      setting, "' setting"));
    };
    if (!added && first->second->insecure != each.insecure) conflict("insecure");
    if (!added && first->second->blocked != each.blocked) conflict("blocked");
  }
}

/// Entries of a later file replace those of an earlier one with the same prefix.
void merge(std::vector<RegistryEntry>& entries, const std::filesystem::path& path) {
  const auto text = read_config_file(path);
  if (!text) return;
  auto more = in_context([&] { return cat(quote(path)); }, [&] { return parse_registries_conf(*text); });
  for (RegistryEntry& each : more) {
    std::erase_if(entries, [&](const RegistryEntry& old) { return old.prefix == each.prefix; });
  }
  std::ranges::move(more, std::back_inserter(entries));
}

void merge_directory(std::vector<RegistryEntry>& entries, const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  std::error_code missing;
  for (const auto& each : std::filesystem::directory_iterator(directory, missing)) {
    if (each.path().extension() == ".conf") files.push_back(each.path());
  }
  std::ranges::sort(files);
  for (const auto& each : files) merge(entries, each);
}

}  // namespace

std::vector<RegistryEntry> parse_registries_conf(std::string_view text) {
  toml::table file;
  try {
    file = toml::parse(text);
  } catch (const toml::parse_error& error) {
    throw Error(cat("not valid TOML: ", escape(error.description()), " in line ", error.source().begin.line));
  }
  if (file.contains("registries")) {
    throw Error("it has the version 1 format, which is not supported (containers-registries.conf(5))");
  }
  std::vector<RegistryEntry> entries;
  if (const toml::array* const tables = file["registry"].as_array()) {
    for (const toml::node& node : *tables) {
      const toml::table* const table = node.as_table();
      if (table == nullptr) throw Error("a registry is not a table");
      entries.push_back(read_entry(*table));
    }
  }
  refuse_conflicts(entries);
  return entries;
}

std::optional<std::size_t> match_prefix(std::string_view name, std::string_view prefix) {
  std::size_t end = prefix.size();
  if (prefix.starts_with("*.")) {
    const auto at = name.find(prefix.substr(1));
    if (at == std::string_view::npos || name.substr(0, at).find('/') != std::string_view::npos)
      return std::nullopt;
    end = at + prefix.size() - 1;
  } else if (!name.starts_with(prefix)) {
    return std::nullopt;
  }
  if (end == name.size() || name[end] == ':' || name[end] == '/' || name[end] == '@') return end;
  return std::nullopt;
}

const RegistryEntry* find_registry(const std::vector<RegistryEntry>& entries, std::string_view name) {
  const RegistryEntry* best = nullptr;
  for (const RegistryEntry& each : entries) {
    if (!match_prefix(name, each.prefix)) continue;
    if (best == nullptr || each.prefix.size() > best->prefix.size()) best = &each;
  }
  return best;
}

oci::Reference rewrite_reference(const std::string& name, std::string_view prefix,
                                 const std::string& location) {
  const auto length = match_prefix(name, prefix);
  if (!length) throw Error(cat("invalid prefix ", quote(prefix), " for ", quote(name)));
  if (location.empty() && !prefix.starts_with("*.")) {
    throw Error(cat("prefix ", quote(prefix), " has an empty location but is no \"*.\" pattern"));
  }
  const std::string text = location.empty() ? name : location + name.substr(*length);
  oci::Reference reference = oci::parse_reference(text);
  if (!text.starts_with(reference.registry + "/" + reference.repository)) {
    throw Error(
        cat("rewriting ", quote(name), " gives ", quote(text), ", which is no full name of an image"));
  }
  return reference;
}

std::vector<PullSource> pull_sources(const std::vector<RegistryEntry>& entries,
                                     const oci::Reference& reference) {
  const std::string name = reference.str();
  const RegistryEntry* const entry = find_registry(entries, name);
  if (entry == nullptr) return {{reference, false}};
  if (entry->blocked) throw Error(cat("registry ", quote(entry->prefix), " is blocked in registries.conf"));
  std::vector<PullSource> sources;
  for (const Mirror& mirror : entry->mirrors) {
    if (mirror.used_for == MirrorFor::digests && !reference.digest) continue;
    if (mirror.used_for == MirrorFor::tags && reference.digest) continue;
    sources.push_back({rewrite_reference(name, entry->prefix, mirror.location), mirror.insecure});
  }
  sources.push_back({rewrite_reference(name, entry->prefix, entry->location), entry->insecure});
  return sources;
}

std::vector<RegistryEntry> read_registries_conf() {
  std::vector<RegistryEntry> entries;
  if (const auto named = find_environment("CONTAINERS_REGISTRIES_CONF")) {
    merge(entries, *named);
    return entries;
  }
  const std::filesystem::path own = xdg_config_home() / "containers";
  const std::filesystem::path system = "/etc/containers";
  merge(entries, std::filesystem::exists(own / "registries.conf") ? own / "registries.conf"
                                                                  : system / "registries.conf");
  merge_directory(entries, system / "registries.conf.d");
  merge_directory(entries, own / "registries.conf.d");
  return entries;
}

}  // namespace husk::registry
