#pragma once

#include "libcore/oci/descriptor.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A build cache that is kept as an OCI artifact: an image manifest whose layers are those that the steps
// made, and whose configuration says which step made which; or as an annotation of an image, for the steps
// that made its layers.
namespace husk::oci {

namespace media_type {
inline constexpr const char* build_cache = "application/vnd.husk.buildcache.v1+json";
}  // namespace media_type
inline constexpr const char* build_cache_annotation = "vnd.husk.buildcache.v1";

/// How many steps a cache may have, and the bytes of a title.
inline constexpr std::size_t max_cached_steps = 10000;
inline constexpr std::size_t max_step_title = 1000;

/// What is known of one step.
struct CachedStep {
  Digest key;                          // a hash of all that decides what the step does
  std::optional<Digest> diff_id = {};  // of the layer that it made; nothing: it changed no file
  std::optional<std::string> content =
      {};                    // no step but what one copies from an image: its hash, hexadecimal
  std::string created = {};  // RFC 3339
  std::string title = {};    // the instruction, on one line, escaped

  friend bool operator==(const CachedStep&, const CachedStep&) = default;
};

/// The configuration of an artifact whose layers are DIFF_IDS, or the annotation of an image with them. Steps
/// whose layer is not among them are left out. Canonical: the same steps give the same text.
std::string print_build_cache(const std::vector<CachedStep>& steps, const std::vector<Digest>& diff_ids);

struct BuildCache {
  std::vector<CachedStep> steps;
  std::vector<Digest> diff_ids;  // of the layers
};
/// TEXT comes from outside: everything in it is checked, and titles are escaped.
BuildCache parse_build_cache(std::string_view text);

}  // namespace husk::oci
