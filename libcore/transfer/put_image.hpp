#pragma once

#include "libcore/archive/stream.hpp"
#include "libcore/oci/manifest.hpp"
#include "libcore/store/images.hpp"
#include "libcore/transfer/image_sink.hpp"

#include <optional>

namespace husk::transfer {

/// The index of IMAGE, if all that it names is here, attestations too: then it is what the image is to others, too.
std::optional<oci::Index> find_whole_index(const store::Store& store, const store::Tag& image);

/// All layers of an image, and of the others of its index.
std::vector<LayerPush::Job> plan_layers_of(const store::Store& store, const store::Tag& image,
                                           archive::Compression compression);

struct PutImage {
  store::Tag image;    // with the manifest and index that the sink got
  oci::Verified root;  // to be put under the name; what it names is there
};
/// Gives SINK all of IMAGE but the document that the name is going to mean. With an index, layers that were
/// never compressed change the manifests, and what the index and its attestations say of them.
PutImage put_image(ImageSink& sink, const store::Lease& lease, const store::Tag& image,
                   archive::Compression compression);

/// Makes what was put that of all names which OLD has here with the same index, so that the next push finds it at the registry at
/// once.
void keep_pushed(const store::Lease& lease, const store::Tag& old, const store::Tag& put);

}  // namespace husk::transfer
