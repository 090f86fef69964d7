#pragma once

#include "libcore/oci/digest.hpp"
#include "libcore/oci/platform.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace husk::oci {

namespace media_type {
inline constexpr const char* manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr const char* index = "application/vnd.oci.image.index.v1+json";
inline constexpr const char* config = "application/vnd.oci.image.config.v1+json";
inline constexpr const char* layer_tar = "application/vnd.oci.image.layer.v1.tar";
inline constexpr const char* layer_gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr const char* layer_zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
inline constexpr const char* docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr const char* docker_index = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr const char* docker_config = "application/vnd.docker.container.image.v1+json";
inline constexpr const char* docker_layer_gzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
}  // namespace media_type

/// OCI image-spec, descriptor.md.
struct Descriptor {
  std::string media_type;
  Digest digest;
  std::uint64_t size = 0;  // bytes
  std::optional<Platform> platform = {};
  std::map<std::string, std::string> annotations = {};

  friend bool operator==(const Descriptor&, const Descriptor&) = default;
};

}  // namespace husk::oci
