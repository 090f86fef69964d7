#pragma once

#include "libcore/oci/provenance.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace husk::build {

/// What a user wants to be written down about how an image was made.
struct ProvenanceOption {
  enum class Mode : std::uint8_t {
    min,  // what it was made from, and when
    max,  // also the values of --build-arg and --label, the names of secrets, and the Dockerfile
  };
  Mode mode = Mode::min;
  oci::Provenance::Version version = oci::Provenance::Version::v1;
  std::string builder = {};                   // a URI
  bool reproducible = false;                  // is said of the image
  bool inline_only = false;                   // in images, and not beside files
  std::string file_name = "provenance.json";  // where files are the result
  friend bool operator==(const ProvenanceOption&, const ProvenanceOption&) = default;
};

/// "true", "false", "min", "max", or fields as docker buildx has them: "mode=max,builder-id=URI". Nothing if
/// none is wanted. Throws Error with exit usage.
std::optional<ProvenanceOption> parse_provenance(const std::string& text);

/// The same of --provenance (maybe "") and of all --attest: "type=provenance,mode=max".
std::optional<ProvenanceOption> read_attestations(const std::string& provenance,
                                                  const std::vector<std::string>& attestations);

}  // namespace husk::build
