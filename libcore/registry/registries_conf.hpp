#pragma once

#include "libcore/oci/reference.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// containers-registries.conf(5), version 2: where an image really is, and whom not to ask.
namespace husk::registry {

enum class MirrorFor : std::uint8_t { all, digests, tags };

struct Mirror {
  std::string location;
  bool insecure = false;
  MirrorFor used_for = MirrorFor::all;
};

struct RegistryEntry {
  std::string prefix;  // "example.com/team", "*.example.com"
  std::string location;
  bool insecure = false;
  bool blocked = false;
  std::vector<Mirror> mirrors;
};

/// Where to look for an image, in the order in which to try.
struct PullSource {
  oci::Reference reference;
  bool insecure = false;
};

/// Throws Error for what is no registries.conf, for conflicting entries and for the version 1 format.
std::vector<RegistryEntry> parse_registries_conf(std::string_view text);

/// How much of NAME is matched by PREFIX; nothing if it does not match.
std::optional<std::size_t> match_prefix(std::string_view name, std::string_view prefix);

const RegistryEntry* find_registry(const std::vector<RegistryEntry>& entries, std::string_view name);

/// NAME with LOCATION in place of what PREFIX matches. Throws Error if that is no full name of an image.
oci::Reference rewrite_reference(const std::string& name, std::string_view prefix,
                                 const std::string& location);

/// The mirrors and the place itself. Throws Error if the registry is blocked.
std::vector<PullSource> pull_sources(const std::vector<RegistryEntry>& entries,
                                     const oci::Reference& reference);

/// The files of this user: $CONTAINERS_REGISTRIES_CONF, else ~/.config/containers/registries.conf, else
/// /etc/containers/registries.conf, and then the *.conf of the directories registries.conf.d, later ones
/// winning.
std::vector<RegistryEntry> read_registries_conf();

}  // namespace husk::registry
