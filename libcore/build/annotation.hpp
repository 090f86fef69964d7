#pragma once

#include "libcore/oci/platform.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace husk::build {

/// One --annotation: of a document, or of the descriptor that names it.
struct Annotation {
  enum class Level : std::uint8_t { manifest, index, manifest_descriptor, index_descriptor };
  Level level = Level::manifest;
  std::optional<oci::Platform> platform = {};  // of manifests: of this one only
  std::string name, value;
  friend bool operator==(const Annotation&, const Annotation&) = default;
};

/// "[LEVEL[[PLATFORM]][,LEVEL…]:]NAME=VALUE" as docker buildx has it: one for each level. Throws Error with
/// exit usage.
std::vector<Annotation> parse_annotations(std::string_view text);

/// Those of LEVEL; of manifests, for PLATFORM.
std::map<std::string, std::string> select_annotations(const std::vector<Annotation>& annotations,
                                                      Annotation::Level level,
                                                      const oci::Platform& platform = {});

}  // namespace husk::build
