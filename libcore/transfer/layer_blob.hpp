#pragma once

#include "libcore/transfer/layer_push.hpp"

namespace husk::transfer {

const char* layer_media_type(archive::Compression compression);

/// The blob of a layer, in the store; compressed if it never was.
oci::Descriptor make_layer_blob(const store::Lease& lease, const LayerPush::Job& job);

}  // namespace husk::transfer
