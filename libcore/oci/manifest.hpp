#pragma once

#include "libcore/oci/verified.hpp"

#include <map>
#include <string>
#include <vector>

namespace husk::oci {

/// Limits on what a registry may send: containers/image and containerd use the same order.
inline constexpr std::size_t max_manifest_size = 4 << 20;
inline constexpr std::size_t max_layers = 500;
inline constexpr std::size_t max_index_entries = 1024;

/// An image manifest: OCI 1.1, or docker schema 2, which differs in its media types only.
struct Manifest {
  std::string media_type;
  Descriptor config;
  std::vector<Descriptor> layers;  // lowest first
  std::map<std::string, std::string> annotations = {};
};

/// An image index, or docker manifest list.
struct Index {
  std::string media_type;
  std::vector<Descriptor> manifests;
  std::map<std::string, std::string> annotations = {};
};

bool is_index_media_type(const std::string& media_type);
bool is_manifest_media_type(const std::string& media_type);

/// Throws for anything ambiguous: duplicate keys, a mediaType that is not the descriptor's, both "layers" and
/// "manifests", schema 1 (GHSA-xmmx-7jpf-fx42).
Manifest parse_manifest(const Verified& document);
Index parse_index(const Verified& document);

/// Canonical: the same manifest gives the same bytes.
std::string print_manifest(const Manifest& manifest);
std::string print_index(const Index& index);

/// The entry for PLATFORM, by containerd's rules (exact variant first, then a lower arm variant). Throws
/// Error that lists the platforms there are. Entries for "unknown/unknown" (attestations) are never chosen.
const Descriptor& select_platform(const Index& index, const Platform& platform);

/// Whether a machine of PLATFORM runs images that say that they are for IMAGE.
bool is_for(const Platform& image, const Platform& platform);

}  // namespace husk::oci
