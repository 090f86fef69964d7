#pragma once

#include "libcore/archive/stream.hpp"
#include "libcore/registry/client.hpp"
#include "libcore/store/images.hpp"
#include "libcore/transfer/image_source.hpp"
#include "libcore/transfer/progress.hpp"

#include <optional>

namespace husk::transfer {

struct PushOptions {
  registry::Security security = registry::Security::strict;
  std::optional<registry::Credentials> credentials = {};
  std::optional<std::filesystem::path> authfile = {};
  archive::Compression compression = archive::Compression::gzip;  // of layers that were never compressed
  Progress progress = {};
};

struct Pushed {
  store::Tag image;      // with the manifest and index that it has from then on
  oci::Descriptor root;  // what the name means at the destination: the manifest, or the index
};

/// Sends the image to DESTINATION: what the registry has is not sent, what another of its repositories has is
/// mounted from there. With an index, all of whose images are here, it goes as that. The manifest (and index)
/// that it got becomes the image's own, under all names that the image has here. The calling process has one
/// thread.
Pushed push(const store::Lease& lease, const store::Tag& image, const oci::Reference& destination,
            const PushOptions& options);

/// Writes the image into an image layout, which is made if it is not there.
Pushed push_layout(const store::Lease& lease, const store::Tag& image, const LayoutName& destination,
                   const PushOptions& options);

}  // namespace husk::transfer
