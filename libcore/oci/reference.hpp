#pragma once

#include "libcore/oci/digest.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace husk::oci {

/// The name of an image, in the normal form that docker gives it: "node" is docker.io/library/node:latest.
/// Grammar: distribution/reference. Registry "docker.io" is reached at registry-1.docker.io; that is the
/// registry module's business.
struct Reference {
  std::string registry;    // "docker.io", "127.0.0.1:5000"
  std::string repository;  // "library/node"
  std::string tag;         // empty only if there is a digest
  std::optional<Digest> digest;

  /// "docker.io/library/node:latest"
  std::string str() const;
  /// The same without tag and digest: "node", "me/app", "127.0.0.1:5000/me/app".
  std::string familiar_name() const;
  /// What users type and read: "node", "node:20", "127.0.0.1:5000/me/app"; the tag is left out if it is
  /// "latest" only where docker does so.
  std::string familiar() const;

  friend auto operator<=>(const Reference&, const Reference&) = default;
};

/// Parses and normalises what a user typed. Throws Error with exit usage, which names what is wrong with TEXT
/// and, where only upper case is at fault, says so in the hint. Neither tag nor digest given: tag "latest".
Reference parse_reference(std::string_view text);

}  // namespace husk::oci
