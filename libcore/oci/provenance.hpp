#pragma once

#include "libcore/oci/platform.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace husk::oci {

/// Something that a build took from elsewhere, or began with.
struct Material {
  std::string uri;
  std::string algorithm;  // "sha256"; of a commit "sha1"
  std::string digest;     // hexadecimal; "" if nobody knows it
  friend auto operator<=>(const Material&, const Material&) = default;
};

/// How an image was made. What is empty is left out.
struct Provenance {
  /// The version of SLSA's provenance predicate.
  enum class Version : std::uint8_t { v0_2, v1 };
  struct Use {
    std::string id;
    bool optional = false;
  };

  std::string builder;                                // a URI
  std::optional<Material> source = {};                // the build context, if it was not a local one
  std::string entry_point;                            // the path of the Dockerfile
  std::map<std::string, std::string> arguments = {};  // "build-arg:NAME", "target" …
  std::vector<Use> secrets = {}, agents = {};
  std::vector<std::string> locals = {};  // what was read from the caller's own directories, by name
  Platform builder_platform;
  std::vector<Material> materials = {};

  std::string invocation_id, started, finished;  // RFC 3339
  bool all_arguments = false, all_materials = false;
  bool hermetic = false;      // nothing that was executed had a network
  bool reproducible = false;  // says the caller
  struct File {
    std::string name, base64;
  };
  std::optional<File> dockerfile = {};
};

/// "https://slsa.dev/provenance/v1"
std::string predicate_type(Provenance::Version version);
/// The predicate as JSON, with the members that BuildKit's docs/attestations/slsa-definitions.md gives it.
std::string print_provenance(const Provenance& provenance, Provenance::Version version);

}  // namespace husk::oci
