#pragma once

#include "libcore/archive/stream.hpp"
#include "libcore/oci/reference.hpp"
#include "libcore/store/images.hpp"

#include <vector>

namespace husk::transfer {

/// oci: a tar of an image layout (OCI image-spec, image-layout.md). docker: the same, and a manifest.json for
/// `docker load`, as buildx writes it.
enum class ArchiveFormat : std::uint8_t { oci, docker };

struct SavedImage {
  store::Tag image;
  std::vector<oci::Reference> names;  // that it gets where it is loaded; may be empty
};

struct SaveOptions {
  ArchiveFormat format = ArchiveFormat::oci;
  archive::Compression compression = archive::Compression::gzip;  // of layers that were never compressed
};

/// Writes the images as one tar that depends on nothing but them; a blob that several have is in it once.
/// Returns the manifests that are in it, or indexes where all that they name is here: those go as a whole;
/// docker's manifest.json knows the image for this machine of them.
std::vector<oci::Descriptor> save_archive(const store::Lease& lease, const std::vector<SavedImage>& images,
                                          const SaveOptions& options, const archive::Sink& out);

}  // namespace husk::transfer
