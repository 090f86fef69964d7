#pragma once

#include "libcore/oci/manifest.hpp"

#include <string>
#include <vector>

namespace husk::oci {

/// An image in "manifest.json", the table of contents of what `docker save` writes.
struct ArchivedImage {
  Manifest manifest;
  std::vector<std::string> names;  // docker.io/library/app:latest
};

/// The file, where blobs lie as in an OCI image layout: blobs/sha256/<hex>.
std::string print_docker_archive(const std::vector<ArchivedImage>& images);

}  // namespace husk::oci
